/* salvage: what can still be read where a text breaks. Inside the broken value every object that is whole is tried;
 * behind the break the next `{` that begins a record is searched. Each byte is walked a bounded number of times, however
 * the text is damaged: a container known to break is not lexed again, only entered. */
#include "unwrap.h"
#include "walk.h"

void walk_note_fault(struct careful *careful, const char *at, const char *text, bool is_cut)
{
	if (careful->fault_at)
		return;
	careful->fault_at = at;
	careful->fault_text = text;
	careful->is_cut = is_cut;
}

/* `{ "Records" :` and the like: an envelope's opening. Returns the byte behind the colon, or NULL. */
static const char *pass_opening(const char *at, const char *end)
{
	const char *key = json_skip_space(at + 1, end);
	const char *behind = json_lex_string(key, end);
	if (!behind || !unwrap_is_envelope_key(key + 1, (size_t)(behind - key) - 2))
		return NULL;
	const char *colon = json_skip_space(behind, end);
	return colon < end && *colon == ':' ? colon + 1 : NULL;
}

static bool is_filler(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',';
}

/* Leading brackets and envelope openings are no loss. */
static const char *pass_scaffolding(const char *at, const char *end)
{
	while (at < end) {
		if (*at == '{') {
			const char *inside = pass_opening(at, end);
			if (!inside)
				return at;
			at = inside;
		} else if (is_filler(*at) || *at == '[' || *at == ']' || *at == '}' || *at == 0x1e) {
			at++;
		} else {
			return at;
		}
	}
	return at;
}

/* How many records a lost range probably held: lines that begin in the first column, or record openings. */
static uint64_t count_lost(const char *at, const char *end)
{
	uint64_t lines = 0, openings = 0;
	for (const char *c = at; c < end; c++) {
		if (c == at || c[-1] == '\n')
			lines += !strchr(" \t\r\n]},", *c);
		if (*c != '{')
			continue;
		const char *key = json_skip_space(c + 1, end);
		const char *behind = json_lex_string(key, end);
		openings += behind && behind - key < 40 && unwrap_is_record_key(key + 1, (size_t)(behind - key) - 2);
	}
	uint64_t count = lines > openings ? lines : openings;
	return count ? count : 1;
}

void walk_lost(struct careful *careful, const char *at, const char *end)
{
	at = pass_scaffolding(at, end);
	while (end > at && is_filler(end[-1]))
		end--;
	if (at == end)
		return;
	enum skip_reason reason = SKIP_BAD_JSON;
	if (careful->lost_is_deep)
		reason = SKIP_TOO_DEEP;
	else if (careful->lost_is_cut)
		reason = SKIP_TRUNCATED_JSON;
	careful_skip(careful, reason, at, end, count_lost(at, end), careful->lost_text);
	careful->is_damage_reported = true;
}

/* The part of a broken value before its break: objects that are whole are tried. */
static void try_inside(struct careful *careful, const char *at, const char *stop, const char *end, const char **lost)
{
	size_t depth = careful->lexer.depth, level = 1;
	memcpy(careful->ancestors, careful->lexer.open, depth * sizeof careful->ancestors[0]);
	for (const char *c = at + 1; c < stop;) {
		if (*c == '"') {
			const char *behind = json_lex_string(c, end);
			c = behind ? behind : stop;
			continue;
		}
		if (*c != '{' && *c != '[') {
			c++;
			continue;
		}
		if (level < depth && careful->ancestors[level] == c) {
			level++;
			c++;
			continue;
		}
		const char *behind = json_lex_value(&careful->lexer, c, end);
		if (!behind) {
			c++;
			continue;
		}
		if (walk_value(careful, c, behind, careful->lexer.deepest, 0, true)) {
			walk_lost(careful, *lost, c);
			*lost = behind;
		}
		c = behind;
	}
}

static bool is_line_start(const struct careful *careful, const char *at)
{
	return at == careful->data || at[-1] == '\n';
}

const char *walk_salvage(struct careful *careful, const char *at, const char *end)
{
	const char *lost = at;
	for (;;) {
		struct json_lexer *lexer = &careful->lexer;
		const char *token = lexer->fault_token;
		walk_note_fault(careful, lexer->fault_at, lexer->fault_text, lexer->fault == JSON_FAULT_ENDS);
		if (lost == at) {
			careful->lost_text = lexer->fault_text;
			careful->lost_is_cut = lexer->fault == JSON_FAULT_ENDS;
			careful->lost_is_deep = lexer->fault == JSON_FAULT_DEEP;
		}
		try_inside(careful, at, token, end, &lost);
		const char *from = token > at ? token : at + 1;
		for (;;) {
			at = from < end ? memchr(from, '{', (size_t)(end - from)) : NULL;
			if (!at) {
				walk_lost(careful, lost, end);
				return end;
			}
			const char *behind = json_lex_value(lexer, at, end);
			if (!behind)
				break;
			if (is_line_start(careful, at)) {
				walk_lost(careful, lost, at);
				return at;
			}
			if (walk_value(careful, at, behind, lexer->deepest, 0, true)) {
				walk_lost(careful, lost, at);
				return behind;
			}
			from = behind;
		}
	}
}
