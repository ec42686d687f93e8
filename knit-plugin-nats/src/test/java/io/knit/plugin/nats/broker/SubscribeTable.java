package io.knit.plugin.nats.broker;

import static io.knit.plugin.nats.broker.ProtocolCase.closed;
import static io.knit.plugin.nats.broker.ProtocolCase.open;
import static io.knit.plugin.nats.broker.RawClient.QUIET;

import java.util.List;

/** SUB, UNSUB and subjects. What nats-server answers is what stands here. */
final class SubscribeTable {
    private static final String UNKNOWN = "-ERR 'Unknown Protocol Operation'\r\n";

    static final List<ProtocolCase> CASES = List.of(
            closed("SUB without blank", QUIET + "SUB\r\nPING\r\n", UNKNOWN),
            closed("SUB without sid", QUIET + "SUB a\r\nPING\r\n", ""),
            closed("SUB with too many words", QUIET + "SUB a q 1 2\r\nPING\r\n", ""),
            open("SUB with an empty token", QUIET + "SUB a..b 1\r\n", "-ERR 'Invalid Subject'\r\n"),
            open("SUB with > in the middle", QUIET + "SUB a.>.b 1\r\n", "-ERR 'Invalid Subject'\r\n"),
            open("SUB with a dot first", QUIET + "SUB .a 1\r\n", "-ERR 'Invalid Subject'\r\n"),
            open("SUB with a dot last", QUIET + "SUB a. 1\r\n", "-ERR 'Invalid Subject'\r\n"),
            open("a refused SUB is not acknowledged", "SUB a..b 1\r\n", "-ERR 'Invalid Subject'\r\n"),
            open(
                    "wildcards inside tokens are letters",
                    QUIET + "SUB a*.b 1\r\nSUB a> 2\r\nPUB a*.b 0\r\n\r\nPUB ax.b 0\r\n\r\nPUB a> 0\r\n\r\n",
                    "MSG a*.b 1 0\r\n\r\nMSG a> 2 0\r\n\r\n"),
            open(
                    "the same sid again is acknowledged and ignored",
                    "SUB a 1\r\nSUB b 1\r\nPUB a 0\r\n\r\nPUB b 0\r\n\r\n",
                    "+OK\r\n+OK\r\n+OK\r\nMSG a 1 0\r\n\r\n+OK\r\n"),
            open("the same sid with a wrong subject is acknowledged", "SUB a 1\r\nSUB b..c 1\r\n", "+OK\r\n+OK\r\n"),
            open("UNSUB of an unknown sid", "UNSUB 9\r\n", "+OK\r\n"),
            closed("UNSUB without blank", QUIET + "UNSUB\r\nPING\r\n", UNKNOWN),
            closed("UNSUB with too many words", QUIET + "UNSUB 1 2 3\r\nPING\r\n", ""),
            open(
                    "UNSUB with a limit that is no number ends now",
                    QUIET + "SUB a 1\r\nUNSUB 1 x\r\nPUB a 0\r\n\r\n",
                    ""),
            open("UNSUB with a negative limit ends now", QUIET + "SUB a 1\r\nUNSUB 1 -1\r\nPUB a 0\r\n\r\n", ""),
            open("UNSUB with limit 0 ends now", QUIET + "SUB a 1\r\nUNSUB 1 0\r\nPUB a 0\r\n\r\n", ""),
            open(
                    "UNSUB after two messages",
                    QUIET + "SUB a 1\r\nUNSUB 1 2\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\n",
                    "MSG a 1 0\r\n\r\nMSG a 1 0\r\n\r\n"),
            open(
                    "UNSUB with a limit that is reached already",
                    QUIET + "SUB a 1\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\nUNSUB 1 2\r\nPUB a 0\r\n\r\n",
                    "MSG a 1 0\r\n\r\nMSG a 1 0\r\n\r\n"),
            open(
                    "a limit may be raised",
                    QUIET
                            + "SUB a 1\r\nUNSUB 1 1\r\nUNSUB 1 3\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\n",
                    "MSG a 1 0\r\n\r\nMSG a 1 0\r\n\r\nMSG a 1 0\r\n\r\n"),
            open(
                    "UNSUB without limit ends now",
                    QUIET
                            + "SUB a 1\r\nUNSUB 1 3\r\nPUB a 0\r\n\r\nUNSUB 1\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\n",
                    "MSG a 1 0\r\n\r\n"),
            open("a carriage return is a blank", QUIET + "SUB a\rb 1\r\n", ""),
            open(
                    "control characters in subjects",
                    QUIET + "SUB a\u0001 1\r\nPUB a\u0001 0\r\n\r\n",
                    "MSG a\u0001 1 0\r\n\r\n"),
            open("NUL in subjects", QUIET + "SUB a\u0000 1\r\nPUB a\u0000 0\r\n\r\n", "MSG a\u0000 1 0\r\n\r\n"),
            open(
                    "UTF-8 in subjects",
                    QUIET + "SUB \u00c3\u00a4.\u00c3\u00b6 1\r\nPUB \u00c3\u00a4.\u00c3\u00b6 0\r\n\r\n",
                    "MSG \u00c3\u00a4.\u00c3\u00b6 1 0\r\n\r\n"),
            open("system subjects are ordinary here", QUIET + "SUB $SYS.> 1\r\nPUB $JS.API.INFO r 0\r\n\r\n", ""));

    private SubscribeTable() {}
}
