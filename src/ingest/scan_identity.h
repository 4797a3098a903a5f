/* scan_identity: the parts of a userIdentity that fields are made of, found in one walk over the object: where a string
 * ends, the scanner's marks tell. */
#ifndef RARETRAIL_INGEST_SCAN_IDENTITY_H
#define RARETRAIL_INGEST_SCAN_IDENTITY_H

#include "scan.h"

/* Part, the part it stands in, its key. Those that other parts stand in are objects or null. */
#define IDENTITY_OBJECTS(X) \
	X(SESSION, WHOLE, "sessionContext") \
	X(ISSUER, SESSION, "sessionIssuer") \
	X(ATTRIBUTES, SESSION, "attributes") \
	X(BEHALF, WHOLE, "onBehalfOf")
#define IDENTITY_TEXTS(X) \
	X(TYPE, WHOLE, "type") \
	X(PRINCIPAL_ID, WHOLE, "principalId") \
	X(ARN, WHOLE, "arn") \
	X(ACCOUNT_ID, WHOLE, "accountId") \
	X(ACCESS_KEY_ID, WHOLE, "accessKeyId") \
	X(USER_NAME, WHOLE, "userName") \
	X(INVOKED_BY, WHOLE, "invokedBy") \
	X(ISSUER_ARN, ISSUER, "arn") \
	X(ISSUER_NAME, ISSUER, "userName") \
	X(MFA, ATTRIBUTES, "mfaAuthenticated") \
	X(BEHALF_USER_ID, BEHALF, "userId")

enum identity_part {
	IDENTITY_WHOLE,
#define X(id, within, key) IDENTITY_##id,
	IDENTITY_OBJECTS(X) IDENTITY_TEXTS(X)
#undef X
		IDENTITY_PART_COUNT
};

struct identity_parts {
	struct slice raw[IDENTITY_PART_COUNT]; /* length 0: not there; objects: not filled */
	bool is_plain; /* ASCII without control characters and backslashes, all of it */
};

/* `object` is the value of the record that the scanner has hopped over last or is closing. False when it is damaged, has a
 * key with an escape, or one of the parts twice or as something else than it should be. */
bool scan_identity(struct scanner *scanner, struct slice object, struct identity_parts *parts);

/* ASCII without control characters and backslashes is its own meaning. */
bool scan_is_plain(struct slice text);

#endif
