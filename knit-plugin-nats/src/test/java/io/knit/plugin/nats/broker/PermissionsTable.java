package io.knit.plugin.nats.broker;

import static io.knit.plugin.nats.broker.AccessTable.as;
import static io.knit.plugin.nats.broker.AccessTable.connect;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What a user may do. What nats-server answers is what stands here. */
final class PermissionsTable {
    static final List<AccessCase> CASES = List.of(
            open(
                    "publishing where it is allowed, and not denied",
                    as("pub", "p") + "SUB > 1\r\n" + pub("a.x", "a.no", "c", "b.1.x", "b.1.y", "b.1"),
                    msg("a.x 1") + noPub("a.no", "c", "b.1.x") + msg("b.1.y 1", "b.1 1")),
            open(
                    "what was answered once is answered again",
                    as("pub", "p") + "SUB > 1\r\n" + pub("c", "c", "a.x", "a.x", "c"),
                    noPub("c", "c") + msg("a.x 1", "a.x 1") + noPub("c")),
            open(
                    "published wildcards are tokens",
                    as("pub", "p") + "SUB > 1\r\n" + pub("a.*", "a.>", ">"),
                    msg("a.* 1", "a.> 1") + noPub(">")),
            open("empty tokens match nothing", as("pub", "p") + pub("b..1", "..a", "a."), noPub("b..1", "..a", "a.")),
            open(
                    "a reply subject may be anything",
                    as("pub", "p") + "SUB > 1\r\nPUB b.1 c 0\r\n\r\n",
                    "MSG b.1 1 c 0\r\n\r\n"),
            open(
                    "a forbidden message is not acknowledged, nor one with headers",
                    connect("\"user\":\"pub\",\"pass\":\"p\",\"headers\":true").replace("false", "true")
                            + "PUB a.x 0\r\n\r\nPUB a.no 1\r\nx\r\nHPUB c r 12 12\r\nNATS/1.0\r\n\r\n\r\n",
                    "+OK\r\n+OK\r\n" + noPub("a.no", "c")),
            open(
                            "a forbidden request has no responders unsaid",
                            connect("\"user\":\"pub\",\"pass\":\"p\",\"headers\":true,\"no_responders\":true")
                                    + "SUB r 1\r\nPUB nobody r 0\r\n\r\nPUB a.x r 0\r\n\r\n",
                            noPub("nobody") + "HMSG r 1 35 35\r\nNATS/1.0 503\r\nNats-Subject: a.x\r\n\r\n\r\n")
                    .before(noPub("nobody") + "HMSG r 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"),
            closed(
                    "too large comes before forbidden",
                    as("pub", "p") + "PUB c 1048577\r\n",
                    "-ERR 'Maximum Payload Violation'\r\n"),
            open(
                    "subscribing where it is allowed, and not denied",
                    as("sub", "p")
                            + "SUB a.x 1\r\nSUB a.no 2\r\nSUB c 3\r\nSUB a.* 4\r\nSUB > 5\r\nSUB b.> 6\r\nSUB * 7\r\n"
                            + "SUB b.*.x 9\r\nSUB b.*.* 10\r\nSUB a.x q 11\r\nSUB c q 12\r\nSUB a..c 13\r\nSUB b.1.* 14\r\n",
                    noSub("a.no", "c", ">", "*", "b.*.x") + noQueue("c", "q") + noSub("a..c")),
            open(
                    "what is denied does not come by wildcards",
                    as("sub", "p") + "SUB a.* 1\r\nSUB b.> 2\r\nSUB b.1.* 3\r\n"
                            + pub("a.x", "a.no", "b.1.x", "b.1.y", "b.x"),
                    msg("a.x 1", "b.1.y 2", "b.1.y 3", "b.x 2")),
            open(
                    "a forbidden subscription is not acknowledged, and its sid stays free",
                    connect("\"user\":\"sub\",\"pass\":\"p\"").replace("false", "true")
                            + "SUB a.no 2\r\nSUB c q 3\r\nSUB a.x 2\r\nUNSUB 2\r\n",
                    "+OK\r\n" + noSub("a.no") + noQueue("c", "q") + "+OK\r\n+OK\r\n"),
            open(
                    "denying alone",
                    as("subdeny", "p")
                            + "SUB > 1\r\nSUB secret.a 2\r\nSUB secret.> 3\r\nSUB secret.* 4\r\nSUB *.y 5\r\n"
                            + "SUB w.* 6\r\nSUB w.> 7\r\nSUB a..b 8\r\n",
                    noSub("secret.a", "secret.>", "secret.*", "w.*", "w.>") + "-ERR 'Invalid Subject'\r\n"),
            open(
                    "what is denied does not come by > either",
                    as("subdeny", "p") + "SUB > 1\r\n"
                            + pub("secret.a", "secret", "x.y", "x.z", "w.1", "w.1.2", "secret.*"),
                    msg("secret 1", "x.z 1", "w.1.2 1")),
            open(
                    "what is denied does not come to queue groups",
                    as("subdeny", "p") + "SUB > q 1\r\nSUB *.* q2 2\r\n" + pub("secret.a", "x.y", "w.1.2", "secret.>"),
                    msg("w.1.2 1")),
            open(
                    "queue groups",
                    as("queue", "p")
                            + "SUB q 1\r\nSUB q v1 2\r\nSUB q v2 3\r\nSUB q v2.x 4\r\nSUB q v3 5\r\nSUB p.a bad 6\r\n"
                            + "SUB p.a good 7\r\nSUB p.a 8\r\nSUB p.> bad 9\r\nSUB r.x a.prod 10\r\nSUB r.x b 11\r\n"
                            + "SUB r.x prod 12\r\nSUB r.x 14\r\n",
                    noSub("q")
                            + noQueue("q", "v2")
                            + noQueue("q", "v3")
                            + noQueue("p.a", "bad")
                            + noQueue("p.>", "bad")
                            + noQueue("r.x", "a.prod")),
            open("nothing at all", as("deny", "p") + "SUB a 1\r\nSUB > 2\r\n" + pub("a"), noSub("a", ">") + noPub("a")),
            open(
                    "only who was asked may answer, and not too often",
                    as("answer", "p") + "SUB svc 1\r\nSUB rr.* 2\r\n" + pub("rr.1") + "PUB svc rr.1 0\r\n\r\n"
                            + pub("rr.1", "rr.2", "rr.1", "rr.1"),
                    noPub("rr.1") + "MSG svc 1 rr.1 0\r\n\r\n" + msg("rr.1 2") + noPub("rr.2") + msg("rr.1 2")
                            + noPub("rr.1")),
            open(
                    "asked again it may answer again",
                    as("answer", "p") + "SUB svc 1\r\nPUB svc r 0\r\n\r\n" + pub("r", "r", "r") + "PUB svc r 0\r\n\r\n"
                            + pub("r", "r", "r"),
                    ("MSG svc 1 r 0\r\n\r\n" + noPub("r")).repeat(2)),
            open("who may answer may do nothing else", as("once", "p") + "SUB > 1\r\n" + pub("z"), noPub("z")),
            open(
                    "an answer is allowed where publishing is denied",
                    as("answerdeny", "p") + "SUB svc 1\r\n" + pub("rr.no") + "PUB svc rr.no 0\r\n\r\n"
                            + pub("rr.no", "rr.no"),
                    noPub("rr.no") + "MSG svc 1 rr.no 0\r\n\r\n" + noPub("rr.no")),
            open(
                    "subjects in UTF-8",
                    as("utf8", "p") + "SUB > 1\r\nSUB a.\u00c3\u00b6 2\r\n"
                            + pub("\u00c3\u00a4.b", "b.\u00c3\u00b6", "b.\u00c3\u00a4"),
                    noSub("a.\u00c3\u00b6") + noPub("\u00c3\u00a4.b") + msg("b.\u00c3\u00a4 1")),
            open(
                    "an inbox of one's own",
                    as("inbox", "p") + "SUB _INBOX.me.* 1\r\nSUB _INBOX.you.* 2\r\nSUB _INBOX.> 3\r\n"
                            + "PUB ask _INBOX.me.1 0\r\n\r\n" + pub("_INBOX.me.1"),
                    noSub("_INBOX.you.*", "_INBOX.>") + noPub("_INBOX.me.1")));

    private PermissionsTable() {}

    private static AccessCase open(String name, String sent, String expected) {
        return AccessCase.open(AccessSetup.USERS, name, sent, expected);
    }

    private static AccessCase closed(String name, String sent, String expected) {
        return AccessCase.closed(AccessSetup.USERS, name, sent, expected);
    }

    private static String pub(String... subjects) {
        return lines("PUB %s 0\r\n\r\n", subjects);
    }

    private static String msg(String... subjectsAndSids) {
        return lines("MSG %s 0\r\n\r\n", subjectsAndSids);
    }

    private static String noPub(String... subjects) {
        return lines("-ERR 'Permissions Violation for Publish to \"%s\"'\r\n", subjects);
    }

    private static String noSub(String... subjects) {
        return lines("-ERR 'Permissions Violation for Subscription to \"%s\"'\r\n", subjects);
    }

    private static String noQueue(String subject, String queue) {
        return "-ERR 'Permissions Violation for Subscription to \"" + subject + "\" using queue \"" + queue + "\"'\r\n";
    }

    private static String lines(String line, String... words) {
        return Arrays.stream(words).map(line::formatted).collect(Collectors.joining());
    }
}
