/**
 * The landing of the launcher's local file. It only hands the ticket on to the shell: that
 * second step comes from our own page, so the shell itself need not answer strangers.
 */
location.replace(`/${location.hash}`);
