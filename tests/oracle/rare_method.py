#!/usr/bin/env python3
"""The rare-method statistics once more, in the plainest way: an oracle for tests.

Reads CSV (time in epoch seconds, user, action, ip, city, arn) and prints one JSON object per anomaly record (p < 0.035).
Written from the published method, not from the C sources: weights per user and action, forgetting in every active
bucket done to every weight, quantiles by Newton, normalizers with a q-digest in a dictionary. Slow and clear.

    rare_method.py [--span SECONDS] [--fields user,ip,city,arn] [--first TIME] [FILE]
"""

import argparse
import csv
import json
import math
import sys
from bisect import bisect_left
from collections import defaultdict

DBL_MIN = 2.2250738585072014e-308
CUTOFF = 0.035

# ---- raw scores ----

CORNER_1, CORNER_50, CORNER_100 = -math.log(1e-4), -math.log(1e-50), -math.log(DBL_MIN)


def surprise(p):
    p = max(p, DBL_MIN)
    if p >= 0.05:
        return 0.0
    if p >= 1e-4:
        return (1 / p - 20) / 9980
    if p > 1e-50:
        return 1 + 49 * (-math.log(p) - CORNER_1) / (CORNER_50 - CORNER_1)
    return 50 + 50 * (-math.log(p) - CORNER_50) / (CORNER_100 - CORNER_50)


def surprise_inverse(s):
    if s <= 0:
        return 0.525
    if s <= 1:
        return 1 / (20 + 9980 * s)
    if s <= 50:
        return math.exp(-(CORNER_1 + (s - 1) / 49 * (CORNER_50 - CORNER_1)))
    return math.exp(-(CORNER_50 + (s - 50) / 50 * (CORNER_100 - CORNER_50)))


# ---- the beta distribution ----


def ln_beta(a, b):
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def fraction(a, b, x):
    tiny = 1e-300

    def safe(value):
        return value if abs(value) >= tiny else tiny

    c, d = 1.0, 1 / safe(1 - (a + b) * x / (a + 1))
    h = d
    for m in range(1, 100000):
        even = m * (b - m) * x / ((a - 1 + 2 * m) * (a + 2 * m))
        d, c = 1 / safe(1 + even * d), safe(1 + even / c)
        h *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 1 + 2 * m))
        d, c = 1 / safe(1 + odd * d), safe(1 + odd / c)
        h *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return h


def incomplete_beta(a, b, x):
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - ln_beta(a, b))
    if x < (a + 1) / (a + b + 2):
        return front * fraction(a, b, x) / a
    return 1 - front * fraction(b, a, 1 - x) / b


def beta_quantile(a, b, q):
    """Newton on x, kept between bounds that bisect ln x where it leaves them."""
    if q <= 0 or q >= 1:
        return max(0.0, min(1.0, q))
    low, high, x, norm = 0.0, 1.0, a / (a + b), ln_beta(a, b)
    for _ in range(300):
        error = incomplete_beta(a, b, x) - q
        if error > 0:
            high = x
        else:
            low = x
        slope = math.exp((a - 1) * math.log(x) + (b - 1) * math.log1p(-x) - norm)
        after = x - error / slope if slope > 0 else -1.0
        if not low < after < high:
            after = math.sqrt(max(low, 1e-300) * high) if high < 0.5 else (low + high) / 2
        if abs(after - x) <= 1e-13 * x:
            return after
        x = after
    return x


def slice_means(a, total):
    m = 7 if total <= 100 else 5 if total <= 1000 else 3 if total <= 10000 else 1
    b, mean = total - a, a / total
    if m == 1 or a == 0 or b <= 1e-9 * a:
        return [mean]
    g = [0.0]
    for i in range(1, m):
        x = beta_quantile(a, b, i / m)
        g.append(math.exp(a * math.log(x) + b * math.log1p(-x) - ln_beta(a, b)) / a)
    g.append(0.0)
    return [mean * (1 - m * (g[i] - g[i - 1])) for i in range(1, m + 1)]


def probabilities(weights, total, actions):
    shares = sorted(w / total for w in weights.values())
    sums, running, i = [0.0] * len(shares), 0.0, 0
    while i < len(shares):
        j = i
        while j < len(shares) and shares[j] == shares[i]:
            running += shares[j]
            j += 1
        sums[i:j] = [running] * (j - i)
        i = j
    out, known = {}, {}
    for action in actions:
        a = weights[action]
        if a not in known:
            means = [1.0] if len(weights) == 1 else slice_means(a, total)
            value = 0.0
            for y in means:
                t = 1.05 * y
                r = min(bisect_left(shares, t), len(shares) - 1)
                q0, c0 = (shares[r - 1], sums[r - 1]) if r > 0 else (0.0, 0.0)
                along = 0.0 if shares[r] == q0 else min(1.0, (t - q0) / (shares[r] - q0))
                value += (1 - along) * c0 + along * sums[r]
            known[a] = min(1.0, max(DBL_MIN, value / len(means)))
        out[action] = known[a]
    return out


# ---- normalizers ----


class Digest:
    """A q-digest of size 201: {(span, low): count} over dyadic ranges."""

    def __init__(self):
        self.nodes, self.root, self.n = {}, 2, 0

    def add(self, value, count=1):
        before, grown = self.n // 201, False
        while value >= self.root:
            self.root, grown = self.root * 2, True
        self.n += count
        self.nodes[1, value] = self.nodes.get((1, value), 0) + count
        if grown or self.n // 201 > before:
            self.squeeze()
        else:
            node = (1, value)
            while node:
                node = self.merge(node)

    def merge(self, node):
        span, low = node
        if span >= self.root or node not in self.nodes:
            return None
        sibling, parent = (span, low ^ span), (2 * span, low & ~span)
        total = self.nodes[node] + self.nodes.get(sibling, 0) + self.nodes.get(parent, 0)
        if total >= self.n // 201:
            return None
        del self.nodes[node]
        self.nodes.pop(sibling, None)
        self.nodes[parent] = total
        return parent

    def squeeze(self):
        changed = True
        while changed:
            changed, span = False, 1
            while span < self.root:
                for node in sorted(k for k in self.nodes if k[0] == span):
                    changed |= self.merge(node) is not None
                span *= 2

    def age(self, factor):
        for key in self.nodes:
            self.nodes[key] = int(math.floor(max(self.nodes[key] * factor + 0.5, 1)))
        self.n = sum(self.nodes.values())
        self.squeeze()

    def cdf(self, value):
        if self.n == 0:
            return 0.0, 0.0
        low = sum(c for (span, lo), c in self.nodes.items() if lo + span - 1 <= value)
        high = sum(c for (span, lo), c in self.nodes.items() if lo <= value)
        return low / self.n, high / self.n

    def density(self, value):
        ends = [lo + span - 1 for (span, lo) in self.nodes]
        below = max((e for e in ends if e < value), default=0)
        inner = [node for node in self.nodes if node[0] < self.root]
        outer = [(span, lo) for (span, lo) in inner if not any(s > span and lo & -s == l for (s, l) in inner)]
        root = [self.root - 1] if (self.root, 0) in self.nodes else []
        above = min((e for e in [lo + span - 1 for (span, lo) in outer] + root if e > value), default=2**32 - 1)
        (bl, bh), (al, ah) = self.cdf(below), self.cdf(above)
        distance = max(above - below, 1)
        return max(al - bh, 0) / distance, max(ah - bl, 0) / distance

    def summary(self):
        out, running = [], 0
        for high, _, count in sorted((lo + span - 1, span, c) for (span, lo), c in self.nodes.items()):
            running += count
            if out and out[-1][0] == high:
                out.pop()
            out.append((high, running))
        return out

    def quantile(self, q):
        target, high = math.floor(q * self.n + 0.5), 0
        for high, running in self.summary():
            if running >= target:
                break
        return high


RANKS = [(0, 0), (70, 1), (85, 1.2), (90, 1.5), (95, 3), (97, 20), (99, 50), (99.9, 90), (100, 100)]


def rank_score(percentile):
    for (x0, y0), (x1, y1) in zip(RANKS, RANKS[1:]):
        if percentile <= x1:
            return y0 + (y1 - y0) * (percentile - x0) / (x1 - x0)
    return 100.0


class Normalizer:
    def __init__(self, span):
        self.nu = min(1, span / 1800)
        self.forgetting = 0.0005 * self.nu
        self.repeat_decay = math.exp(-2 * self.forgetting * max(span / 1800, 1))
        self.all, self.high = Digest(), Digest()
        self.border, self.below = 2**32 - 1, 0
        self.memory, self.ttl = {}, 20

    def tick(self):
        for scope in list(self.memory):
            maximum, age = self.memory[scope]
            if age + 1 > 50:
                del self.memory[scope]
            else:
                self.memory[scope] = (maximum * self.repeat_decay, age + 1)
        self.ttl -= 1
        if self.ttl <= 0:
            self.ttl += 20
            before = self.all.n
            self.all.age(math.exp(-self.forgetting))
            self.high.age(math.exp(-self.forgetting))
            if before:
                self.below = int(self.below * (self.all.n / before) + 0.5)

    def update(self, scope, raw):
        self.memory[scope] = (max(self.memory.get(scope, (0.0, 0))[0], raw), 0)
        d, n = math.floor(1000 * raw + 0.5), self.all.n
        if n + 1 == 201:
            steps = self.all.summary()
            i = 1
            while i < len(steps) and steps[i][1] <= math.floor(0.9 * n + 0.5):
                i += 1
            self.border, self.below = steps[0] if i >= len(steps) else steps[i - 1]
            for j in range(i, len(steps)):
                self.high.add(steps[j][0], steps[j][1] - steps[j - 1][1])
        self.all.add(d)
        if d <= self.border:
            self.below += 1
        else:
            self.high.add(d)
        if n + 1 > 201 and (n + 1) % 201 == 0:
            target = math.floor(0.9 * (n + 1) + 0.5)
            if self.below > target:
                steps, i = self.all.summary(), 0
                while i < len(steps) - 1 and steps[i][1] < target:
                    i += 1
                self.border, self.below = steps[i]
                lowest = min((lo for (_, lo) in self.high.nodes), default=math.inf)
                for j in range(i + 1, len(steps)):
                    if steps[j][0] < lowest:
                        self.high.add(steps[j][0], steps[j][1] - steps[j - 1][1])
            else:
                self.border = self.all.quantile(0.9)
                self.below = math.floor((n + 1) * self.all.cdf(self.border)[0] + 0.5)

    def posterior(self, share, q):
        n = self.all.n
        return beta_quantile(n * share + 1 / 3, n * (1 - share) + 1 / 3, q)

    def rank(self, d):
        n = self.all.n
        settled = min(1.0, self.below / n)
        low_border, high_border = self.posterior(settled, 0.15), self.posterior(settled, 0.85)
        if d <= self.border or self.high.n == 0:
            (cl, cu), (dl, du) = self.all.cdf(d), self.all.density(d)
            low, high = min(max(cl - du, 0), low_border), min(max(cu - dl, 0), high_border)
        else:
            bl, bu = self.high.cdf(self.border)
            (cl, cu), (dl, du) = self.high.cdf(d), self.high.density(d)
            eps = sys.float_info.epsilon
            low = low_border + (1 - low_border) * max(cl - bu - du, 0) / max(1 - bu, eps)
            high = high_border + (1 - high_border) * max(cu - bl - dl, 0) / max(1 - bl, eps)
        low, high = self.posterior(min(low, 1), 0.15), self.posterior(min(high, 1), 0.85)
        return (rank_score(100 * low ** (1 / self.nu)) + rank_score(100 * high ** (1 / self.nu))) / 2

    def score(self, scope, raw):
        reported = surprise_inverse(raw)
        if raw == 0 or reported > CUTOFF:
            return 0.0
        d = math.floor(1000 * raw + 0.5)
        share = sum(self.all.cdf(0)) / 2
        noise = max(0, 1 + (d - self.all.quantile(0.5)) / 100) + 100 * max(0, 2 * min(2 * share, 1) - 1)
        maximum = self.memory.get(scope, (0.0, 0))[0]
        repeat = 100 * min(1.5 * raw / maximum, 0.5 + 0.5 * raw / maximum) if maximum > 0 else 100.0
        absolute = 5 + 95 * (math.log(0.05) - math.log(reported)) / (math.log(0.05) - math.log(1e-4))
        others = min(100.0, noise, repeat, absolute)
        return min(others, self.rank(d))


# ---- several probabilities into one ----


def normal_z(tail):
    """z with an upper tail, by bisection."""
    low, high = 0.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        if 0.5 * math.erfc(middle / math.sqrt(2)) > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def ln_gamma_upper(a, x):
    if x <= 0:
        return 0.0
    if x < a + 1:
        term = total = 1 / a
        k = a
        while term > total * 1e-17:
            k += 1
            term *= x / k
            total += term
        return math.log1p(-total * math.exp(a * math.log(x) - x - math.lgamma(a)))
    tiny, b = 1e-300, x + 1 - a
    c, d = 1 / tiny, 1 / b
    h = d
    for i in range(1, 100000):
        n = -i * (i - a)
        b += 2
        d = 1 / (n * d + b or tiny)
        c = b + n / c or tiny
        h *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return a * math.log(x) - x - math.lgamma(a) + math.log(h)


def ln_joint(ps):
    if len(ps) == 1:
        return math.log(ps[0])
    squares = sum(normal_z(p / 2) ** 2 for p in ps)
    return 0.0 if squares / len(ps) < 1e-8 else ln_gamma_upper(len(ps) / 2, squares / 2)


def ln_order_statistics(ps, k):
    n, limits = len(ps), sorted(ps)[:k]
    if k == 1:
        return math.log(-math.expm1(n * math.log1p(-limits[0]))) if limits[0] < 1 else 0.0
    state, before = {0: 1.0}, 0.0
    for i, limit in enumerate(limits):
        share = (limit - before) / (1 - before) if before < 1 else 1.0
        after = defaultdict(float)
        for below, mass in state.items():
            if below >= k:
                after[k] += mass
                continue
            for more in range(n - below + 1):
                if below + more >= i + 1:
                    ways = math.comb(n - below, more) * share**more * (1 - share) ** (n - below - more)
                    after[min(below + more, k)] += mass * ways
        state, before = after, limit
    return math.log(max(sum(state.values()), DBL_MIN))


def combine(ps, joint, extreme, most):
    lj = ln_joint(ps) if joint else 0.0
    le = min(ln_order_statistics(ps, k) / (1 + math.log(k) / 2.1) for k in range(1, min(len(ps), most) + 1))
    le = min(le, 0.0)
    if (not joint or lj > math.log(CUTOFF)) and le > math.log(CUTOFF):
        return 0.0, math.exp(joint * lj + extreme * le)
    s = joint * surprise(math.exp(lj)) + extreme * surprise(math.exp(le))
    return 0.8 * s, surprise_inverse(s) if s > 0 else math.exp(joint * lj + extreme * le)


ACTIVITY, USERS, FINAL = (0.5, 0.5, 5), (0, 1, 1), (0.5, 0.5, 1)


def together(ps, how):
    return ps[0] if len(ps) == 1 else combine(ps, *how)[1]


# ---- the detector ----


class Detector:
    """`partition` is the influencer field whose values are the partitions, or None."""

    def __init__(self, span, fields, partition="user"):
        self.span, self.fields, self.partition = span, fields, partition
        self.decay = math.exp(-0.0005 * min(1, span / 1800))
        self.users, self.records = {}, []
        self.leaf, self.node, self.root = Normalizer(span), Normalizer(span), Normalizer(span)
        self.value = {f: Normalizer(span) for f in fields}
        self.total = {f: Normalizer(span) for f in fields}

    def values(self, field, user, rows):
        return {user} if field == self.partition else {r.get(field) for r in rows} - {None, ""}

    def learn(self, events):
        """The bucket's results: {user: {action: [influencers]}}, weights updated."""
        results = {}
        for time, user, action, values in events:
            if action and time >= self.users[user]["start"]:
                results.setdefault(user, {}).setdefault(action, []).append(values)
        for user, actions in results.items():
            weights = self.users[user]["weights"]
            for action in actions:
                weights[action] = weights.get(action, 0.0) + 1
            self.users[user]["total"] += len(actions)
            for action in weights:
                weights[action] *= self.decay
            self.users[user]["total"] *= self.decay
        return results

    def close(self, bucket, events):
        for normalizer in (self.leaf, self.node, self.root, *self.value.values(), *self.total.values()):
            normalizer.tick()
        results = self.learn(events)
        if not results:
            return
        ps = {u: probabilities(self.users[u]["weights"], self.users[u]["total"], a) for u, a in results.items()}
        node = {u: together(sorted(p.values()), ACTIVITY) for u, p in ps.items()}
        raw_root = combine([together(list(node.values()), USERS)], *FINAL)[0]
        value, total = {}, {}
        for field in self.fields:
            parts = defaultdict(dict)
            for user, actions in results.items():
                for action, rows in actions.items():
                    for v in self.values(field, user, rows):
                        parts[v].setdefault(user, []).append(ps[user][action])
            for v, users in parts.items():
                mine = [node[u] if field == self.partition else together(p, ACTIVITY) for u, p in users.items()]
                value[field, v] = combine([together(mine, USERS)], *FINAL)
            if parts:
                total[field] = combine([together([value[field, v][1] for v in parts], USERS)], *FINAL)[0]
        raw_node = {u: combine([p], *FINAL)[0] for u, p in node.items()}
        raw = {(u, a): surprise(p) if p <= CUTOFF else 0.0 for u in ps for a, p in ps[u].items()}
        for key in sorted(raw, key=lambda k: raw[k]):
            self.leaf.update(key, raw[key])
        self.root.update("", raw_root)
        for u in sorted(raw_node, key=lambda k: raw_node[k]):
            self.node.update(u, raw_node[u])
        for field, v in sorted(value, key=lambda k: value[k][0]):
            self.value[field].update(v, value[field, v][0])
        for field in total:
            self.total[field].update("", total[field])
        found = sorted((ps[u][a], u, a) for u in ps for a in ps[u] if ps[u][a] < CUTOFF)[:500]
        if not found:
            return
        bucket_score = max(self.root.score("", raw_root), *(self.total[f].score("", r) for f, r in total.items()))
        for p, user, action in found:
            influencers = {}
            for field in self.fields:
                rows = results[user][action]
                for v in self.values(field, user, rows):
                    influencers.setdefault(field, {})[v] = self.value[field].score(v, value[field, v][0])
            self.records.append({"bucket": bucket, "user": user, "action": action, "probability": p,
                "raw": raw[user, action], "initial_record_score": self.leaf.score((user, action), raw[user, action]),
                "user_score": self.node.score(user, raw_node[user]), "bucket_score": bucket_score,
                "influencers": influencers})

    def run(self, rows):
        current, events = None, []
        for time, user, action, values in rows:
            if current is None:
                current = -(-time // self.span) * self.span
            while time >= current + self.span:
                self.close(current, events)
                current, events = current + self.span, []
            if user not in self.users:
                self.users[user] = {"start": -(-time // self.span) * self.span, "weights": {}, "total": 0.0}
            if time >= current:
                events.append((time, user, action, values))
        if current is not None:
            self.close(current, events)
        for record in self.records:
            record["record_score"] = self.leaf.score((record["user"], record["action"]), record.pop("raw"))
        return self.records


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--span", type=int, default=3600)
    options.add_argument("--fields", default="user,ip,city,arn")
    options.add_argument("file", nargs="?")
    args = options.parse_args()
    source = open(args.file, newline="", encoding="utf-8") if args.file else sys.stdin
    fields = args.fields.split(",")
    rows = [(float(r["time"]), r["user"], r["action"], {f: r.get(f) for f in fields}) for r in csv.DictReader(source)]
    rows = [(int(t) if t == int(t) else t, *rest) for t, *rest in rows]
    for record in Detector(args.span, fields).run(rows):
        print(json.dumps(record, ensure_ascii=False))


if __name__ == "__main__":
    main()
