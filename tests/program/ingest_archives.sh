#!/usr/bin/env bash
# What an archive holds is read, or named as lost: archives behind each other, damage that only a checksum shows, bytes that
# belong to no member.
. tests/program/lib.sh
need python3

python3 - "$WORK" <<'END'
import bz2, gzip, io, sys, tarfile, zipfile
work = sys.argv[1]

def log(name):
    return ('{"Records":[{"eventVersion":"1.08","eventName":"A","eventSource":"s3.amazonaws.com",'
            '"eventTime":"2026-04-02T10:00:00Z","eventID":"%s"}]}' % name).encode()

def tar(*names, kind=tarfile.REGTYPE):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in names:
            member = tarfile.TarInfo(name + ".json")
            member.size, member.type = len(log(name)), kind
            archive.addfile(member, io.BytesIO(log(name)))
    return out.getvalue()

def zip_of(*names, mode=0o100644):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            member = zipfile.ZipInfo(name + ".json")
            member.create_system, member.external_attr = 3, mode << 16
            archive.writestr(member, log(name))
    return out.getvalue()

def write(name, data):
    with open(work + "/" + name, "wb") as file:
        file.write(data)

write("two.tar", tar("a") + tar("b"))
write("two.tgz", gzip.compress(tar("a")) + gzip.compress(tar("b")))
write("behind.tar", tar("a") + b"x" * 600)
stored = gzip.compress(tar("a"), compresslevel=0)
write("flipped.tgz", stored.replace(b'"eventName":"A"', b'"eventName":"B"'))
write("behind.tgz", gzip.compress(tar("a")) + b"junk")
write("behind.bz2", bz2.compress(log("a")) + b"junk")
write("padded.bz2", bz2.compress(log("a")) + bytes(512))
write("twice.gz.bz2", bz2.compress(gzip.compress(log("a"))))
write("whole.zip", zip_of("a", "b"))
zipfile.ZIP_FILECOUNT_LIMIT = 0
write("zip64.zip", zip_of("a", "b"))
zipfile.ZIP_FILECOUNT_LIMIT = 65535
write("two.zip", zip_of("a") + zip_of("b"))
write("behind.zip", zip_of("a") + b"junk")
write("cut.zip", zip_of("a", "b")[:-30])
write("none.zip", zip_of("a")[:-18] + bytes(18))
write("folder.zip", zip_of("a", mode=0o040755))
write("volume.tar", tar("a", kind=b"M"))
text = log("@")
write("word.json", text.replace(b"@", b"-" * (257 - text.index(b"@")) + b"ustar  -"))
END

while IFS='|' read -r file events reasons; do
	"$RARETRAIL" detect --quiet --exit-zero --format json "$WORK/$file" >"$WORK/out.json" || fail "$file ends with $?"
	found=$(python3 -c '
import json, sys
found = json.load(open(sys.argv[1]))["input"]
print("%d|%s" % (found["events"], "; ".join("%s at %d" % (s["detail"], s["offset"]) for s in found["skipped"])))
' "$WORK/out.json")
	[ "$found" = "$events|$reasons" ] || fail "$file: $found"
done <<END
two.tar|2|
two.tgz|2|
behind.tar|1|Damaged tar archive at 0
flipped.tgz|1|incorrect data check at 0
behind.tgz|1|bytes behind the end of the gzip stream at 0
behind.bz2|1|bytes behind the end of the compressed stream at $(($(stat -c %s "$WORK/behind.bz2") - 4))
padded.bz2|1|
twice.gz.bz2|1|
whole.zip|2|
zip64.zip|2|
two.zip|1|bytes that its directory does not know of at 0
behind.zip|1|bytes behind the end of the archive at $(($(stat -c %s "$WORK/behind.zip") - 4))
cut.zip|2|its directory is missing or cut; members may be lost at $(stat -c %s "$WORK/cut.zip")
none.zip|0|bytes that its directory does not know of at 0
folder.zip|0|a member is no file, yet holds data at 0
volume.tar|0|a member is no file, yet holds data at 0
END

# the mark of a tar, in a record, at the very byte
run 0 detect --format json "$WORK/word.json"
prints '"files": 1,'
exit 0
