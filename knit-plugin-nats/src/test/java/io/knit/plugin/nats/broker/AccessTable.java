package io.knit.plugin.nats.broker;

import static io.knit.plugin.nats.broker.AccessCase.closed;
import static io.knit.plugin.nats.broker.AccessCase.open;
import static io.knit.plugin.nats.broker.AccessSetup.DEFAULT_USER;
import static io.knit.plugin.nats.broker.AccessSetup.HASHED_PASSWORDS;
import static io.knit.plugin.nats.broker.AccessSetup.HASHED_TOKEN;
import static io.knit.plugin.nats.broker.AccessSetup.IMPATIENT;
import static io.knit.plugin.nats.broker.AccessSetup.IMPATIENT_DEFAULT;
import static io.knit.plugin.nats.broker.AccessSetup.NKEYS;
import static io.knit.plugin.nats.broker.AccessSetup.OPEN;
import static io.knit.plugin.nats.broker.AccessSetup.THREE_SUBSCRIPTIONS;
import static io.knit.plugin.nats.broker.AccessSetup.THREE_SUBSCRIPTIONS_OF_A_USER;
import static io.knit.plugin.nats.broker.AccessSetup.TOKEN;
import static io.knit.plugin.nats.broker.AccessSetup.USERS;
import static io.knit.plugin.nats.broker.RawClient.QUIET;

import java.util.List;

/** Who is let in. What nats-server answers is what stands here. */
final class AccessTable {
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final String TIMEOUT = "-ERR 'Authentication Timeout'\r\n";
    private static final String UNKNOWN = "-ERR 'Unknown Protocol Operation'\r\n";
    private static final String TOO_MANY = "-ERR 'maximum subscriptions exceeded'\r\n";
    private static final String RIGHT = connect("\"auth_token\":\"s3cret\"");

    static final List<AccessCase> CASES = List.of(
            open(OPEN, "credentials that nobody asked for", as("x", "y"), ""),
            open(OPEN, "a key that nobody asked for", connect("\"nkey\":\"x\",\"sig\":\"y\""), ""),
            closed(OPEN, "a user that is a number", "CONNECT {\"user\":5}\r\nPING\r\n", ""),
            open(TOKEN, "the token", RIGHT, ""),
            open(TOKEN, "the token, verbose", "CONNECT {\"auth_token\":\"s3cret\"}\r\nSUB a 1\r\n", "+OK\r\n+OK\r\n"),
            open(TOKEN, "the token beside a user", connect("\"user\":\"x\",\"auth_token\":\"s3cret\""), ""),
            open(TOKEN, "CONNECT in small letters", RIGHT.replace("CONNECT", "connect"), ""),
            open(TOKEN, "nulls", "CONNECT {\"auth_token\":\"s3cret\",\"user\":null,\"name\":null}\r\n", "+OK\r\n"),
            closed(TOKEN, "a wrong token", connect("\"auth_token\":\"secret\"") + "PING\r\n", VIOLATION),
            closed(TOKEN, "no token", QUIET + "PING\r\n", VIOLATION),
            closed(TOKEN, "the token as a user", connect("\"user\":\"s3cret\""), VIOLATION),
            closed(TOKEN, "the token as a password", as("x", "s3cret"), VIOLATION),
            closed(TOKEN, "CONNECT with null", "CONNECT null\r\n", VIOLATION),
            closed(TOKEN, "CONNECT with broken JSON", "CONNECT {x\r\n", ""),
            closed(TOKEN, "a token that is a number", "CONNECT {\"auth_token\":5}\r\n", ""),
            closed(TOKEN, "PING before CONNECT", "PING\r\n", VIOLATION),
            closed(TOKEN, "PONG before CONNECT", "PONG\r\n", VIOLATION),
            closed(TOKEN, "SUB before CONNECT", "SUB a 1\r\n" + RIGHT, VIOLATION),
            closed(TOKEN, "PUB before CONNECT", "PUB a 0\r\n\r\n" + RIGHT, VIOLATION),
            closed(TOKEN, "-ERR before CONNECT", "-ERR 'x'\r\n", VIOLATION),
            closed(TOKEN, "+OK before CONNECT", "+OK\r\n", VIOLATION),
            closed(TOKEN, "INFO before CONNECT", "INFO {}\r\n", VIOLATION),
            closed(TOKEN, "an unknown word before CONNECT", "FOO\r\n", VIOLATION),
            closed(TOKEN, "one letter before CONNECT", "S", VIOLATION),
            closed(TOKEN, "a blank before CONNECT", " " + RIGHT, VIOLATION),
            closed(TOKEN, "nearly CONNECT", "CONNEXT {}\r\n", UNKNOWN),
            closed(
                    TOKEN,
                    "an endless CONNECT",
                    "CONNECT {\"auth_token\":\"" + "x".repeat(5000),
                    "-ERR 'maximum control line exceeded'\r\n"),
            closed(
                    TOKEN,
                    "the token is wrong before the version is",
                    connect("\"auth_token\":\"wrong\",\"protocol\":5"),
                    VIOLATION),
            closed(
                    TOKEN,
                    "the version is wrong",
                    connect("\"auth_token\":\"s3cret\",\"protocol\":5"),
                    "-ERR 'invalid client protocol'\r\n"),
            closed(
                    TOKEN,
                    "no_responders without headers",
                    connect("\"auth_token\":\"s3cret\",\"no_responders\":true"),
                    "-ERR 'no responders requires headers support'\r\n"),
            open(TOKEN, "a second CONNECT without a token", RIGHT + "CONNECT {\"verbose\":true}\r\n", "+OK\r\n"),
            closed(TOKEN, "a second CONNECT with a wrong token", RIGHT + connect("\"auth_token\":\"x\""), VIOLATION),
            open(HASHED_TOKEN, "the token", RIGHT, ""),
            open(HASHED_TOKEN, "operations sent ahead", RIGHT + ahead(), "MSG a 1 2\r\nok\r\n"),
            closed(HASHED_TOKEN, "a wrong token", connect("\"auth_token\":\"s3cre\""), VIOLATION),
            closed(HASHED_TOKEN, "no token", QUIET, VIOLATION),
            open(HASHED_PASSWORDS, "$2a$", as("a", "pa"), ""),
            open(HASHED_PASSWORDS, "$2b$", as("b", "pb"), ""),
            open(HASHED_PASSWORDS, "$2y$", as("y", "py"), ""),
            open(HASHED_PASSWORDS, "a plain password", as("plain", "p"), ""),
            open(HASHED_PASSWORDS, "operations sent ahead", as("a", "pa") + ahead(), "MSG a 1 2\r\nok\r\n"),
            closed(HASHED_PASSWORDS, "a wrong password", as("a", "pb") + "SUB a 1\r\nPING\r\n", VIOLATION),
            closed(HASHED_PASSWORDS, "a wrong plain password", as("plain", "x"), VIOLATION),
            closed(HASHED_PASSWORDS, "an unknown user", as("nobody", "pa"), VIOLATION),
            open(USERS, "a user with everything", as("all", "p") + ahead(), "MSG a 1 2\r\nok\r\n"),
            closed(USERS, "a wrong password", as("all", "x"), VIOLATION),
            closed(USERS, "an unknown user", as("nobody", "p"), VIOLATION),
            closed(USERS, "nothing", QUIET, VIOLATION),
            closed(USERS, "a token", connect("\"auth_token\":\"p\""), VIOLATION),
            closed(USERS, "a key beside a wrong password", connect("\"nkey\":\"x\",\"user\":\"all\""), VIOLATION),
            closed(USERS, "a second CONNECT with a wrong password", as("all", "p") + as("pub", "x"), VIOLATION),
            open(
                    USERS,
                    "a second CONNECT as another user",
                    as("sub", "p") + as("pub", "p") + "SUB c 2\r\nPUB c 0\r\n\r\n",
                    "-ERR 'Permissions Violation for Publish to \"c\"'\r\n"),
            open(DEFAULT_USER, "CONNECT without credentials", QUIET + asAnybody(), answersToAnybody("")),
            open(DEFAULT_USER, "no CONNECT", asAnybody(), answersToAnybody("+OK\r\n")),
            open(DEFAULT_USER, "another user", as("boss", "q") + "PUB b 0\r\n\r\n", ""),
            open(
                    DEFAULT_USER,
                    "CONNECT after something else",
                    "PING\r\n" + as("boss", "q") + "PUB b 0\r\n\r\n",
                    "PONG\r\n"),
            closed(DEFAULT_USER, "CONNECT after something else, wrong", "PONG\r\n" + as("boss", "x"), VIOLATION),
            closed(DEFAULT_USER, "a wrong password", as("anon", "x"), VIOLATION),
            closed(DEFAULT_USER, "a user without a password", as("anon", ""), VIOLATION),
            closed(DEFAULT_USER, "a token", connect("\"auth_token\":\"p\""), VIOLATION),
            open(DEFAULT_USER, "a key that nobody asked for", connect("\"nkey\":\"x\""), ""),
            open(NKEYS, "a password", as("u", "p"), ""),
            open(NKEYS, "a password and a stray signature", connect("\"user\":\"u\",\"pass\":\"p\",\"sig\":\"a\""), ""),
            closed(NKEYS, "nothing", QUIET, VIOLATION),
            closed(NKEYS, "a key without signature", connect("\"nkey\":\"" + TestKeys.KNOWN + '"'), VIOLATION),
            closed(
                    NKEYS,
                    "a key with a signature that is none",
                    connect("\"nkey\":\"" + TestKeys.KNOWN + "\",\"sig\":\"*\""),
                    VIOLATION),
            closed(
                    NKEYS,
                    "a wrong key beside a right password",
                    connect("\"nkey\":\"x\",\"sig\":\"y\",\"user\":\"u\",\"pass\":\"p\""),
                    VIOLATION),
            closed(IMPATIENT, "nothing is said", "", TIMEOUT),
            closed(IMPATIENT, "CONNECT does not end", "CONNECT {\"auth", TIMEOUT),
            closed(IMPATIENT_DEFAULT, "nothing is said", "", TIMEOUT),
            open(
                    THREE_SUBSCRIPTIONS,
                    "a fourth is refused",
                    QUIET + "SUB a 1\r\nSUB b 2\r\nSUB c 3\r\nSUB d 4\r\nPUB d 0\r\n\r\nPUB c 0\r\n\r\n",
                    TOO_MANY + "MSG c 3 0\r\n\r\n"),
            open(
                    THREE_SUBSCRIPTIONS,
                    "a refused one is not acknowledged; what is there already counts",
                    "SUB a 1\r\nSUB b 2\r\nSUB c 3\r\nSUB d 4\r\nSUB a..b 5\r\nSUB c 3\r\n",
                    "+OK\r\n+OK\r\n+OK\r\n" + TOO_MANY + TOO_MANY + TOO_MANY),
            open(
                    THREE_SUBSCRIPTIONS,
                    "one that ended makes room",
                    QUIET + "SUB a 1\r\nSUB b 2\r\nSUB c 3\r\nUNSUB 1\r\nSUB d 4\r\nPUB d 0\r\n\r\n",
                    "MSG d 4 0\r\n\r\n"),
            open(
                    THREE_SUBSCRIPTIONS_OF_A_USER,
                    "permissions come before the limit",
                    as("u", "p") + "SUB a.1 1\r\nSUB a.2 2\r\nSUB a.3 3\r\nSUB c 4\r\nSUB a.4 5\r\n",
                    "-ERR 'Permissions Violation for Subscription to \"c\"'\r\n" + TOO_MANY));

    private AccessTable() {}

    static String as(String user, String password) {
        return connect("\"user\":\"" + user + "\",\"pass\":\"" + password + '"');
    }

    static String connect(String fields) {
        return "CONNECT {\"verbose\":false,\"pedantic\":false," + fields + "}\r\n";
    }

    private static String ahead() {
        return "SUB a 1\r\nPUB a 2\r\nok\r\n";
    }

    private static String asAnybody() {
        return "SUB a 1\r\nPUB b 0\r\n\r\nPUB a 0\r\n\r\n";
    }

    private static String answersToAnybody(String ok) {
        return ok + "-ERR 'Permissions Violation for Publish to \"b\"'\r\n" + ok + "MSG a 1 0\r\n\r\n";
    }
}
