// simdjson_index: simdjson On-Demand pulling every field that raretrail's index keeps out of every line, on one core, from
// memory; builds no index. A yardstick; see simdjson_rate for one with fewer fields.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <simdjson.h>

using namespace simdjson;

static size_t bytes;

template <size_t size> static inline bool is(ondemand::raw_json_string key, const char (&name)[size])
{
	return std::memcmp(key.raw(), name, size - 1) == 0 && key.raw()[size - 1] == '"';
}

template <typename... Names> static inline bool is_any(ondemand::raw_json_string key, const Names &...names)
{
	return (is(key, names) || ...);
}

[[gnu::always_inline]] static inline void take(ondemand::value &value)
{
	std::string_view text;
	if (value.get_string().get(text) == SUCCESS)
		bytes += text.size();
	else
		bytes += value.raw_json_token().size();
}

// Calls `visit` for every member of an object; other values are passed over.
template <typename Visit> [[gnu::always_inline]] static inline void for_members(ondemand::value &value, Visit visit)
{
	ondemand::object object;
	if (value.get_object().get(object) != SUCCESS)
		return;
	for (auto member : object) {
		ondemand::raw_json_string key = member.key().value();
		ondemand::value inner = member.value();
		visit(key, inner);
	}
}

[[gnu::always_inline]] static inline void visit_session(ondemand::raw_json_string key, ondemand::value &value)
{
	if (is(key, "sessionIssuer"))
		for_members(value, [](ondemand::raw_json_string name, ondemand::value &inner) {
			if (is_any(name, "arn", "userName"))
				take(inner);
		});
	else if (is(key, "attributes"))
		for_members(value, [](ondemand::raw_json_string name, ondemand::value &inner) {
			if (is(name, "mfaAuthenticated"))
				take(inner);
		});
}

[[gnu::always_inline]] static inline void visit_identity(ondemand::raw_json_string key, ondemand::value &value)
{
	if (is_any(key, "type", "principalId", "arn", "accountId", "accessKeyId", "userName", "invokedBy"))
		take(value);
	else if (is(key, "sessionContext"))
		for_members(value, visit_session);
}

// By its first letter at first, so that no key is compared with all names.
[[gnu::always_inline]] static inline bool is_index_text(ondemand::raw_json_string key)
{
	switch (key.raw()[0]) {
	case 'e':
		return key.raw()[1] == 'v' ? is_any(key, "eventTime", "eventSource", "eventName", "eventID", "eventType", "eventCategory")
					   : is_any(key, "errorCode", "errorMessage");
	case 'a':
		return is(key, "awsRegion");
	case 's':
		return is(key, "sourceIPAddress");
	case 'u':
		return is(key, "userAgent");
	case 'r':
		return is_any(key, "readOnly", "recipientAccountId");
	default:
		return false;
	}
}

[[gnu::always_inline]] static inline void visit_record(ondemand::raw_json_string key, ondemand::value &value)
{
	if (is_index_text(key))
		take(value);
	else if (is(key, "userIdentity"))
		for_members(value, visit_identity);
	else if (is(key, "requestParameters"))
		for_members(value, [](ondemand::raw_json_string name, ondemand::value &inner) {
			if (is_any(name, "userName", "newUserName"))
				take(inner);
		});
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	padded_string text = padded_string::load(argv[1]).value();
	auto started = std::chrono::steady_clock::now();
	ondemand::parser parser;
	ondemand::document_stream stream = parser.iterate_many(text, 1 << 20).value();
	size_t records = 0;
	for (auto document : stream) {
		ondemand::object record = document.get_object();
		for (auto field : record) {
			ondemand::raw_json_string key = field.key().value();
			ondemand::value value = field.value();
			visit_record(key, value);
		}
		records++;
	}
	double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
	std::printf("{\"events\": %zu, \"value_bytes\": %zu, \"seconds\": %.4f, \"gb_per_second\": %.3f}\n", records, bytes, seconds,
		double(text.size()) / seconds / 1e9);
}
