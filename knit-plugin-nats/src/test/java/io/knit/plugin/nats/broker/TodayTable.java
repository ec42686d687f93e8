package io.knit.plugin.nats.broker;

import static io.knit.plugin.nats.broker.ProtocolCase.closed;
import static io.knit.plugin.nats.broker.ProtocolCase.open;
import static io.knit.plugin.nats.broker.RawClient.FULL;
import static io.knit.plugin.nats.broker.RawClient.QUIET;

import java.util.List;

/** Where nats-server of today differs from 2.9, or may seem to. What today's answers is what stands here first. */
final class TodayTable {
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final String SUB = FULL + "SUB a 1\r\n";

    static final List<ProtocolCase> CASES = List.of(
            open(
                            "nobody listens: the subject is named",
                            FULL + "SUB r.* 1\r\nPUB nobody.x r.1 2\r\nhi\r\n",
                            "HMSG r.1 1 40 40\r\nNATS/1.0 503\r\nNats-Subject: nobody.x\r\n\r\n\r\n")
                    .before("HMSG r.1 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"),
            traced("true", true),
            traced("1", true),
            traced("ON", true),
            traced("false", false),
            traced("yes", false),
            delivered("no destination", "Nats-Trace-Only: true\r\n"),
            delivered("an empty destination", "Nats-Trace-Dest: \r\nNats-Trace-Only: true\r\n"),
            delivered("a disabled trace", "Nats-Trace-Dest: trace disabled\r\nNats-Trace-Only: true\r\n"),
            delivered("names in another case", "nats-trace-dest: t\r\nnats-trace-only: true\r\n"),
            open(
                            "only traced, and nobody would hear it",
                            FULL + "SUB r 1\r\n"
                                    + message("nobody r", "Nats-Trace-Dest: t\r\nNats-Trace-Only:true\r\n"),
                            "HMSG r 1 38 38\r\nNATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n\r\n")
                    .before("HMSG r 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"),
            reply("$JS.ACK.x").before(answered("$JS.ACK.x", false)),
            reply("$JS.ACK.").before(answered("$JS.ACK.", true)),
            reply("$JS.API.INFO").before(answered("$JS.API.INFO", true)),
            reply("_R_.x").before(answered("_R_.x", false)),
            reply("_R_.").before(answered("_R_.", false)),
            reply("_GR_.x").before(answered("_GR_.x", false)),
            reply("$GR.x").before(answered("$GR.x", true)),
            open("a reply that only looks reserved", SUB + "PUB a $JS. 0\r\n\r\n", "MSG a 1 $JS. 0\r\n\r\n"),
            open("another one", SUB + "PUB a _RR_.x 0\r\n\r\n", "MSG a 1 _RR_.x 0\r\n\r\n"),
            open(
                            "a gateway's subject",
                            FULL + "SUB > 1\r\nPUB $GR.x 0\r\n\r\n",
                            "-ERR 'Permissions Violation for Publish to \"$GR.x\"'\r\n")
                    .before("MSG $GR.x 1 0\r\n\r\n"),
            open(
                    "another gateway's subject",
                    FULL + "SUB > 1\r\nPUB _GR_.x 0\r\n\r\n",
                    "-ERR 'Permissions Violation for Publish to \"_GR_.x\"'\r\n"),
            open(
                    "JetStream's and services' own subjects",
                    FULL + "SUB > 1\r\nPUB $JS.ACK.x 0\r\n\r\nPUB _R_.x 0\r\n\r\n",
                    "MSG $JS.ACK.x 1 0\r\n\r\nMSG _R_.x 1 0\r\n\r\n"),
            open("who am I, without waiting for an answer", QUIET + "PUB $SYS.REQ.USER.INFO 0\r\n\r\n", ""),
            closed("an account", "CONNECT {\"verbose\":false,\"account\":\"X\"}\r\nPING\r\n", VIOLATION),
            closed(
                    "a new account",
                    "CONNECT {\"verbose\":false,\"account\":\"X\",\"new_account\":true}\r\nPING\r\n",
                    VIOLATION),
            open("an empty account", "CONNECT {\"verbose\":false,\"account\":\"\"}\r\nPING\r\n", "PONG\r\n"));

    private TodayTable() {}

    private static String message(String subjects, String headers) {
        String header = "NATS/1.0\r\n" + headers + "\r\n";
        return "HPUB " + subjects + ' ' + header.length() + ' ' + (header.length() + 2) + "\r\n" + header + "ok\r\n";
    }

    private static ProtocolCase traced(String only, boolean today) {
        String headers = "Nats-Trace-Dest: t\r\nNats-Trace-Only: " + only + "\r\n";
        String delivered = message("a 1", headers).replace("HPUB", "HMSG");
        return open("only traced: " + only, SUB + message("a", headers), today ? "" : delivered)
                .before(delivered);
    }

    private static ProtocolCase delivered(String name, String headers) {
        return open(name, SUB + message("a", headers), message("a 1", headers).replace("HPUB", "HMSG"));
    }

    private static ProtocolCase reply(String reply) {
        return open("a reserved reply: " + reply, SUB + "PUB a " + reply + " 0\r\n\r\n", answered(reply, false));
    }

    private static String answered(String reply, boolean allowed) {
        return allowed
                ? "MSG a 1 " + reply + " 0\r\n\r\n"
                : "-ERR 'Permissions Violation for Publish with Reply of \"" + reply + "\"'\r\n";
    }
}
