package io.knit.plugin.nats.broker;

import static io.knit.plugin.nats.broker.ProtocolCase.closed;
import static io.knit.plugin.nats.broker.ProtocolCase.open;
import static io.knit.plugin.nats.broker.RawClient.QUIET;

import java.util.List;

/** Operations and CONNECT. What nats-server answers is what stands here. */
final class WordsTable {
    private static final String UNKNOWN = "-ERR 'Unknown Protocol Operation'\r\n";

    static final List<ProtocolCase> CASES = List.of(
            open("a ping is answered", "", ""),
            open("before CONNECT the client is verbose", "SUB foo 1\r\n", "+OK\r\n"),
            open("CONNECT leaves the defaults", "CONNECT {}\r\n", "+OK\r\n"),
            closed("CONNECT with broken JSON", "CONNECT {x\r\nPING\r\n", ""),
            closed("CONNECT without JSON", "CONNECT\r\nPING\r\n", ""),
            closed("CONNECT with an array", "CONNECT []\r\nPING\r\n", ""),
            closed("CONNECT with a wrong type", "CONNECT {\"verbose\":\"yes\"}\r\nPING\r\n", ""),
            closed("CONNECT with a name that is no string", "CONNECT {\"name\":1}\r\nPING\r\n", ""),
            closed("CONNECT with a credential that is no string", "CONNECT {\"user\":1}\r\nPING\r\n", ""),
            closed("CONNECT with a protocol that is a fraction", "CONNECT {\"protocol\":1.0}\r\nPING\r\n", ""),
            closed("CONNECT with something after its JSON", "CONNECT {} x\r\nPING\r\n", ""),
            closed("CONNECT with a wrong type, then a right one", "CONNECT {\"echo\":1,\"echo\":true}\r\nPING\r\n", ""),
            open(
                    "CONNECT with a null field leaves the default",
                    "CONNECT {\"verbose\":null,\"name\":null}\r\n",
                    "+OK\r\n"),
            open(
                    "CONNECT's names in any case",
                    "CONNECT {\"Verbose\":false,\"PEDANTIC\":false}\r\nPING\r\n",
                    "PONG\r\n"),
            open("the last of CONNECT's fields wins", "CONNECT {\"verbose\":true,\"verbose\":false}\r\n", ""),
            open("CONNECT's unknown fields are ignored", "CONNECT {\"verbose\":false,\"x\":{\"y\":[1,null]}}\r\n", ""),
            open("CONNECT with null", "CONNECT null\r\n", "+OK\r\n"),
            open("a second CONNECT changes options", QUIET + "CONNECT {\"verbose\":true}\r\n", "+OK\r\n"),
            closed("unknown word", QUIET + "FOO\r\n", UNKNOWN),
            closed("unknown word, seen before its line ends", QUIET + "F", UNKNOWN),
            closed("nearly a word", QUIET + "PINX\r\n", UNKNOWN),
            open("letters after PING do not matter", QUIET + "PINGX\r\n", "PONG\r\n"),
            open("words after PING do not matter", QUIET + "PING hello\r\n", "PONG\r\n"),
            open("words after PONG do not matter", QUIET + "PONG hello\r\n", ""),
            closed("empty line", QUIET + "\r\n\r\nPING\r\n", UNKNOWN),
            open("a line feed alone ends a line", QUIET + "PING\n", "PONG\r\n"),
            open("operations in any case", QUIET + "ping\r\n", "PONG\r\n"),
            open("blanks after words", QUIET + "PING  \r\nPONG \r\n", "PONG\r\n"),
            closed(
                    "unknown protocol version",
                    "CONNECT {\"verbose\":false,\"protocol\":5}\r\nPING\r\n",
                    "-ERR 'invalid client protocol'\r\n"),
            open(
                    "verbose acknowledges",
                    "CONNECT {\"verbose\":true}\r\nSUB a 1\r\nPUB a 0\r\n\r\nUNSUB 1\r\nPING\r\nPONG\r\n",
                    "+OK\r\n+OK\r\n+OK\r\nMSG a 1 0\r\n\r\n+OK\r\nPONG\r\n"),
            open("a client's +OK is ignored", QUIET + "+OK\r\n", ""),
            closed("a client's -ERR ends it", QUIET + "-ERR 'x'\r\nPING\r\n", ""),
            open("a client's INFO is ignored", QUIET + "INFO {}\r\n", ""),
            closed("a client may not send MSG", QUIET + "MSG a 1 2\r\nok\r\n", UNKNOWN),
            closed("letters between CONNECT and JSON", "CONNECTX {}\r\nPING\r\n", ""),
            open("tab after CONNECT", "CONNECT\t{}\r\n", "+OK\r\n"),
            open("no blank after CONNECT", "CONNECT{\"verbose\":false}\r\n", ""),
            closed("letters after SUB", QUIET + "SUBX a 1\r\n", UNKNOWN),
            closed("operations of servers", QUIET + "RS+ a b\r\n", UNKNOWN));

    private WordsTable() {}
}
