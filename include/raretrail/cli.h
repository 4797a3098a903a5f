/* cli: the command line: options, configuration, batch commands, exit statuses. The only room besides view that prints. */
#ifndef RARETRAIL_CLI_H
#define RARETRAIL_CLI_H

/* Runs the program; returns its exit status: 0 nothing found, 1 alerts, 2 usage or fatal error, 3 nothing found but the
 * input was incomplete. */
int cli_main(int argc, char **argv);

#endif
