// simdjson_rate: simdjson On-Demand pulling nine fields out of every line, on one core; builds no index. A yardstick.
#include <chrono>
#include <cstdio>
#include <simdjson.h>

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	using namespace simdjson;
	padded_string text = padded_string::load(argv[1]).value();
	auto started = std::chrono::steady_clock::now();
	ondemand::parser parser;
	ondemand::document_stream stream = parser.iterate_many(text, 1 << 20).value();
	size_t records = 0, bytes = 0;
	for (auto document : stream) {
		ondemand::object record = document.get_object();
		for (auto field : record) {
			ondemand::raw_json_string key = field.key().value();
			std::string_view value;
			ondemand::value inner = field.value();
			if (key == "eventTime" || key == "eventName" || key == "eventSource" || key == "eventID" ||
				key == "awsRegion" || key == "sourceIPAddress" || key == "userAgent" || key == "errorCode") {
				if (inner.get_string().get(value) == SUCCESS)
					bytes += value.size();
			} else if (key == "userIdentity") {
				for (auto member : inner.get_object()) {
					ondemand::raw_json_string name = member.key().value();
					ondemand::value content = member.value();
					if (name == "arn" && content.get_string().get(value) == SUCCESS)
						bytes += value.size();
				}
			}
		}
		records++;
	}
	double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
	std::printf("{\"events\": %zu, \"value_bytes\": %zu, \"seconds\": %.4f, \"gb_per_second\": %.3f}\n", records, bytes, seconds,
		double(text.size()) / seconds / 1e9);
}
