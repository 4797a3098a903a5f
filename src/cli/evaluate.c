/* evaluate: see evaluate.h. The engines do not need each other: each finds its alerts beside the other, and what they
 * have to say is told in one order. */
#include "evaluate.h"

struct job {
	struct session *session;
	unsigned threads;
	bool is_told; /* somebody reads what the engines say of their reach */
	struct evaluation *out;
	struct alerts alerts[RULE_COUNT];
	/* What they say of their own reach. */
	struct notices notices; /* of rare-as */
	struct buf outlook; /* of rare-method */
};

static void evaluate_rare_as(struct job *job)
{
	const struct session *session = job->session;
	const struct rare_as_params *params = &session->config.params.rare_as;
	struct rare_as *engine = rare_as_new(session->matched);
	if (session->now == TIME_NONE)
		rare_as_replay(engine, params, &job->alerts[RULE_RARE_AS]);
	else
		rare_as_at(engine, params, session->now, &job->alerts[RULE_RARE_AS]);
	if (job->is_told)
		rare_as_notices(engine, params, &job->notices);
	job->out->rare_as = engine;
}

static void evaluate_rare_method(struct job *job)
{
	const struct session *session = job->session;
	const struct rare_method_params *params = &session->config.params.rare_method;
	struct rare_method *engine = rare_method_new(session->matched, params, session->baseline, job->threads);
	if (session->now == TIME_NONE)
		rare_method_alerts(engine, params, &job->alerts[RULE_RARE_METHOD]);
	else
		rare_method_at(engine, params, session->now, &job->alerts[RULE_RARE_METHOD]);
	job->out->rare_method = engine;
	/* An empty list of this rule reads like a clean bill where the history is simply too short to say anything. */
	if (!job->is_told || rare_method_count(engine, params) > 0)
		return;
	struct method_outlook outlook;
	rare_method_outlook(engine, params, &outlook);
	rare_method_say_outlook(engine, params, &outlook, &job->outlook);
	method_outlook_free(&outlook);
}

/* rare-method takes longer by far, so it begins first. While it prepares on one thread, the other makes its tables and
 * has time for rare-as. */
static void run_engine(void *context, size_t index, unsigned worker)
{
	(void)worker;
	struct job *job = context;
	enum rule rule = index == 0 ? RULE_RARE_METHOD : RULE_RARE_AS;
	if (rule == RULE_RARE_AS && (job->session->rules & 1U << RULE_RARE_METHOD) != 0)
		rare_method_make_tables();
	if ((job->session->rules & 1U << rule) == 0)
		return;
	if (rule == RULE_RARE_METHOD)
		evaluate_rare_method(job);
	else
		evaluate_rare_as(job);
}

static void tell(struct job *job)
{
	struct report_notices *notices = &job->session->notices;
	for (size_t i = 0; i < job->notices.count; i++)
		report_notice(notices, "%s: %s", rules[RULE_RARE_AS].key, job->notices.items[i].text);
	const char *key = rules[RULE_RARE_METHOD].key;
	if (job->outlook.length > 0)
		report_notice(notices, "%s: %s", key, job->outlook.data);
	uint64_t late = job->out->rare_method != NULL ? rare_method_late_events(job->out->rare_method) : 0;
	if (late > 0)
		report_notice(notices, "%s: %llu events lie in the time of the baseline and were not judged", key,
			(unsigned long long)late);
}

/* These formats carry no notices, and on standard error --quiet leaves them out. */
static bool is_told(const struct session *session)
{
	enum report_format format = session->format;
	return !session->is_quiet || (format != REPORT_TABLE && format != REPORT_CSV && format != REPORT_NDJSON);
}

void evaluate(struct session *session, struct evaluation *out)
{
	*out = (struct evaluation){0};
	struct job job = {
		.session = session, .threads = session->load_options.threads, .is_told = is_told(session), .out = out};
	if (job.threads == 0)
		job.threads = pool_default_threads();
	pool_run(job.threads, RULE_COUNT, run_engine, &job);
	tell(&job);
	notices_free(&job.notices);
	buf_free(&job.outlook);
	for (enum rule rule = 0; rule < RULE_COUNT; rule++)
		alerts_move(&out->alerts, &job.alerts[rule]);
	alerts_sort(session->matched, &out->alerts);
}

void evaluation_free(struct evaluation *evaluation)
{
	alerts_free(&evaluation->alerts);
	rare_as_free(evaluation->rare_as);
	rare_method_free(evaluation->rare_method);
}
