/* run: one function a command. Each returns an exit status, or -1 with the reason, which main() tells. */
#ifndef RARETRAIL_CLI_RUN_H
#define RARETRAIL_CLI_RUN_H

#include "options.h"

int run_console(const struct arguments *arguments, struct err *err) MUST_USE;
int run_detect(const struct arguments *arguments, struct err *err) MUST_USE;
int run_events(const struct arguments *arguments, struct err *err) MUST_USE;
int run_profile(const struct arguments *arguments, struct err *err) MUST_USE;
int run_networks(const struct arguments *arguments, struct err *err) MUST_USE;
int run_tune(const struct arguments *arguments, struct err *err) MUST_USE;
int run_report(const struct arguments *arguments, struct err *err) MUST_USE;
int run_rule(const struct arguments *arguments, struct err *err) MUST_USE;
int run_asn_import(const struct arguments *arguments, struct err *err) MUST_USE;
int run_model_save(const struct arguments *arguments, struct err *err) MUST_USE;
int run_model_load(const struct arguments *arguments, struct err *err) MUST_USE;
int run_sample(const struct arguments *arguments, struct err *err) MUST_USE;
int run_help(const struct arguments *arguments, struct err *err) MUST_USE;

#endif
