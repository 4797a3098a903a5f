/* record: one act as the CloudTrail record it leaves, field by field in the order that AWS writes. */
#include "scene.h"

#include <stdlib.h>

const struct call calls[CALL_COUNT] = {
#define X(id, service, name, flags, request, response, resources) {service, name, flags, request, response, resources},
	CALLS(X)
#undef X
};

uint32_t scene_random(struct scene *scene, uint32_t limit)
{
	uint64_t z = scene->seed += 0x9e3779b97f4a7c15u; /* splitmix64 */
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return (uint32_t)((z >> 32) * limit >> 32);
}

int64_t scene_time(const char *text)
{
	int64_t time;
	if (!time_parse_iso(slice_of(text), &time))
		base_abort("a sample's time is wrong: %s", text);
	return time;
}

static uint64_t name_seed(const char *name, uint64_t salt)
{
	uint64_t seed = 0xcbf29ce484222325u ^ salt;
	for (; *name; name++)
		seed = (seed ^ (uint8_t)*name) * 0x100000001b3u;
	return seed;
}

/* `prefix` and then letters and digits that always are the same for a name: ids that AWS would have given. */
static void identifier_add(struct buf *out, const char *prefix, const char *name, uint64_t salt, unsigned length)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	struct scene fixed = {.seed = name_seed(name, salt)};
	buf_add_text(out, prefix);
	for (unsigned i = 0; i < length; i++)
		buf_add_char(out, alphabet[scene_random(&fixed, 32)]);
}

static void template_add(struct scene *scene, struct buf *out, const char *text, const struct act *act)
{
	for (; text && *text; text++) {
		switch (*text) {
		case '\'': buf_add_char(out, '"'); break;
		case '#': buf_add_char(out, "0123456789abcdef"[scene_random(scene, 16)]); break;
		case '^': buf_add_char(out, "123456789"[scene_random(scene, 9)]); break;
		case '$':
			text++;
			buf_add_text(out, *text == 'A'   ? act->actor->account
					  : *text == 'R' ? act->region
							 : act->actor->name);
			break;
		default: buf_add_char(out, *text);
		}
	}
	if (!text)
		buf_add_text(out, "null");
}

static void time_add(struct buf *out, int64_t time)
{
	char text[TIME_TEXT_SIZE];
	buf_printf(out, "%.19sZ", time_format_iso(time, text));
}

/* Roles get new credentials every six hours, and a session name with them. */
#define SESSION_MS (6 * HOUR_MS)

static void key_add(struct buf *out, const struct act *act)
{
	if (act->access_key)
		buf_add_text(out, act->access_key);
	else if (act->actor->kind == IDENTITY_ROLE || act->actor->mfa)
		identifier_add(out, "ASIAEXAMPLE", act->actor->name, (uint64_t)(act->time / SESSION_MS), 9);
	else
		identifier_add(out, "AKIAEXAMPLE", act->actor->name, 1, 9);
}

static void role_add(struct buf *out, const struct act *act)
{
	const struct actor *actor = act->actor;
	struct scene session = {.seed = name_seed(actor->name, (uint64_t)(act->time / SESSION_MS))};
	struct buf name = BUF_EMPTY;
	template_add(&session, &name, actor->session, act);
	buf_add_text(out, "{\"type\":\"AssumedRole\",\"principalId\":\"");
	identifier_add(out, "AROAEXAMPLE", actor->name, 2, 10);
	buf_printf(out, ":%s\",\"arn\":\"arn:aws:sts::%s:assumed-role/%s/%s\",\"accountId\":\"%s\",\"accessKeyId\":\"",
		name.data, actor->account, actor->name, name.data, actor->account);
	key_add(out, act);
	buf_add_text(out, "\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":\"");
	identifier_add(out, "AROAEXAMPLE", actor->name, 2, 10);
	buf_printf(out,
		"\",\"arn\":\"arn:aws:iam::%s:role/"
		"%s\",\"accountId\":\"%s\",\"userName\":\"%s\"},\"webIdFederationData\":{},"
		"\"attributes\":{\"creationDate\":\"",
		actor->account, actor->name, actor->account, actor->name);
	time_add(out, time_floor(act->time, SESSION_MS));
	buf_printf(out, "\",\"mfaAuthenticated\":\"%s\"}}}", actor->mfa ? actor->mfa : "false");
	buf_free(&name);
}

static void user_add(struct buf *out, const struct act *act)
{
	const struct actor *actor = act->actor;
	buf_add_text(out, "{\"type\":\"IAMUser\",\"principalId\":\"");
	identifier_add(out, "AIDAEXAMPLE", actor->name, 3, 10);
	buf_printf(out, "\",\"arn\":\"arn:aws:iam::%s:user/%s\",\"accountId\":\"%s\",", actor->account, actor->name,
		actor->account);
	if (act->call != CALL_CONSOLE_LOGIN) {
		buf_add_text(out, "\"accessKeyId\":\"");
		key_add(out, act);
		buf_add_text(out, "\",");
	}
	buf_printf(out, "\"userName\":\"%s\"", actor->name);
	if (actor->mfa && act->call != CALL_CONSOLE_LOGIN) {
		buf_add_text(out, ",\"sessionContext\":{\"attributes\":{\"creationDate\":\"");
		time_add(out, time_floor(act->time, SESSION_MS));
		buf_printf(out, "\",\"mfaAuthenticated\":\"%s\"}}", actor->mfa);
	}
	buf_add_char(out, '}');
}

static void identity_add(struct buf *out, const struct act *act)
{
	const struct actor *actor = act->actor;
	switch (actor->kind) {
	case IDENTITY_USER: user_add(out, act); break;
	case IDENTITY_ROLE: role_add(out, act); break;
	case IDENTITY_SERVICE: buf_printf(out, "{\"type\":\"AWSService\",\"invokedBy\":\"%s\"}", actor->name); break;
	case IDENTITY_UNTYPED:
		buf_printf(out, "{\"accountId\":\"%s\",\"userName\":\"%s\"}", actor->account, actor->name);
		break;
	}
}

static void error_add(struct buf *out, const struct act *act, const struct call *call)
{
	const struct actor *actor = act->actor;
	if (!act->error)
		return;
	buf_printf(out, ",\"errorCode\":\"%s\",\"errorMessage\":\"", act->error);
	if (strstr(act->error, "Denied"))
		buf_printf(out, "User: arn:aws:iam::%s:user/%s is not authorized to perform: %s:%s", actor->account,
			actor->name, call->service, call->name);
	else
		buf_add_text(out, "Rate exceeded");
	buf_add_char(out, '"');
}

static void uuid_add(struct scene *scene, struct buf *out, const struct act *act)
{
	template_add(scene, out, "'########-####-4###-a###-############'", act);
}

static void host_add(struct buf *out, const struct act *act, const struct call *call)
{
	if (call->flags & CALL_GLOBAL)
		buf_printf(out, "%s.amazonaws.com", call->service);
	else
		buf_printf(out, "%s.%s.amazonaws.com", call->service, act->region);
}

static void ip_add(struct scene *scene, struct buf *out, const char *ip)
{
	for (; *ip; ip++) {
		if (*ip == '^')
			buf_printf(out, "%u", 1 + scene_random(scene, 98));
		else
			buf_add_char(out, *ip);
	}
}

static void record_add(struct scene *scene, struct buf *out, const struct act *act, const struct call *call)
{
	bool is_login = act->call == CALL_CONSOLE_LOGIN, is_data = call->flags & CALL_DATA;
	buf_add_text(out, "{\"eventVersion\":\"1.10\",\"userIdentity\":");
	identity_add(out, act);
	buf_add_text(out, ",\"eventTime\":\"");
	time_add(out, act->time);
	buf_printf(out,
		"\",\"eventSource\":\"%s.amazonaws.com\",\"eventName\":\"%s\",\"awsRegion\":\"%s\",\"sourceIPAddress\":"
		"\"",
		call->service, call->name, act->region);
	ip_add(scene, out, act->ip);
	buf_printf(out, "\",\"userAgent\":\"%s\"", act->agent);
	error_add(out, act, call);
	buf_add_text(out, ",\"requestParameters\":");
	template_add(scene, out, act->error && is_login ? NULL : call->request, act);
	buf_add_text(out, ",\"responseElements\":");
	template_add(scene, out, act->error ? NULL : call->response, act);
	if (is_login)
		buf_printf(out,
			",\"additionalEventData\":{\"LoginTo\":\"https://console.aws.amazon.com/console/home\","
			"\"MobileVersion\":\"No\",\"MFAUsed\":\"%s\"}",
			act->actor->mfa ? "Yes" : "No");
	buf_add_text(out, ",\"requestID\":");
	uuid_add(scene, out, act);
	buf_add_text(out, ",\"eventID\":");
	uuid_add(scene, out, act);
	buf_printf(out, ",\"readOnly\":%s", call->flags & CALL_READ ? "true" : "false");
	if (call->resources && !act->error) {
		buf_add_text(out, ",\"resources\":");
		template_add(scene, out, call->resources, act);
	}
	buf_printf(out,
		",\"eventType\":\"%s\",\"managementEvent\":%s,\"recipientAccountId\":\"%s\",\"eventCategory\":\"%s\"",
		is_login ? "AwsConsoleSignIn" : "AwsApiCall", is_data ? "false" : "true", act->actor->account,
		is_data ? "Data" : "Management");
	if (act->actor->kind != IDENTITY_SERVICE) {
		buf_add_text(out,
			",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\","
			"\"clientProvidedHostHeader\":\"");
		host_add(out, act, call);
		buf_add_text(out, "\"}");
	}
	buf_add_char(out, '}');
}

void scene_act(struct scene *scene, const struct act *act)
{
	const struct call *call = &calls[act->call];
	struct act here = *act;
	if (call->flags & CALL_GLOBAL || here.call == CALL_CONSOLE_LOGIN)
		here.region = "us-east-1";
	size_t offset = scene->text.length;
	record_add(scene, &scene->text, &here, call);
	scene->records = array_grow(scene->records, &scene->capacity, scene->count + 1, sizeof *scene->records);
	scene->records[scene->count] = (struct record){.time = here.time,
		.sequence = (uint32_t)scene->count,
		.length = (uint32_t)(scene->text.length - offset),
		.offset = offset,
		.account = here.actor->account,
		.region = here.region};
	scene->count++;
}

static unsigned weight_pick(struct scene *scene, const void *items, size_t size, size_t weight_offset)
{
	unsigned total = 0, index = 0;
	const char *bytes = items;
	for (unsigned weight; memcpy(&weight, bytes + index * size + weight_offset, sizeof weight), weight; index++)
		total += weight;
	uint32_t ticket = scene_random(scene, total);
	for (index = 0;; index++) {
		unsigned weight;
		memcpy(&weight, bytes + index * size + weight_offset, sizeof weight);
		if (ticket < weight)
			return index;
		ticket -= weight;
	}
}

static void habit_act(struct scene *scene, const struct habit *habit, int64_t time)
{
	const struct place *place = &habit->places[weight_pick(
		scene, habit->places, sizeof *habit->places, offsetof(struct place, weight))];
	unsigned call = weight_pick(scene, habit->calls, sizeof *habit->calls, offsetof(struct weighted_call, weight));
	unsigned regions = 0, region = 0;
	while (habit->regions[regions])
		regions++;
	if (scene_random(scene, 100) < 25)
		region = scene_random(scene, regions);
	bool fails = scene_random(scene, 1000) < habit->error_per_mille;
	scene_act(scene,
		&(struct act){.actor = habit->actor,
			.call = habit->calls[call].call,
			.ip = place->ip,
			.agent = place->agent,
			.region = habit->regions[region],
			.error = fails ? (scene_random(scene, 2) ? "AccessDenied" : "ThrottlingException") : NULL,
			.time = time});
}

void scene_live(struct scene *scene, const struct habit *habit, int64_t first, int64_t last)
{
	for (int64_t day = first; day < last; day += DAY_MS) {
		bool is_weekend = (day / DAY_MS + 3) % 7 >= 5; /* 1970-01-01 was a Thursday */
		unsigned usual = is_weekend ? habit->weekend : habit->weekday;
		unsigned count = usual ? usual - usual / 10 + scene_random(scene, usual / 5 + 1) : 0;
		for (unsigned i = 0; i < count; i++) {
			int64_t second = habit->first_hour * 3600 + scene_random(scene, habit->hours * 3600);
			habit_act(scene, habit, day + second * SECOND_MS);
		}
	}
}

void scene_free(struct scene *scene)
{
	buf_free(&scene->text);
	free(scene->records);
	*scene = (struct scene){0};
}
