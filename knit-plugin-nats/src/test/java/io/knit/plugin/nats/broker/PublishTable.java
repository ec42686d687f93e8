package io.knit.plugin.nats.broker;

import static io.knit.plugin.nats.broker.ProtocolCase.closed;
import static io.knit.plugin.nats.broker.ProtocolCase.open;
import static io.knit.plugin.nats.broker.RawClient.FULL;
import static io.knit.plugin.nats.broker.RawClient.QUIET;

import java.util.List;

/** PUB and HPUB. What nats-server answers is what stands here. */
final class PublishTable {
    private static final String UNKNOWN = "-ERR 'Unknown Protocol Operation'\r\n";

    static final List<ProtocolCase> CASES = List.of(
            open("line feeds alone end control lines", QUIET + "SUB a 1\nPUB a 2\nok\r\n", "MSG a 1 2\r\nok\r\n"),
            closed("a line feed alone does not end a payload", QUIET + "SUB a 1\nPUB a 2\nok\nPING\r\n", UNKNOWN),
            closed("PUB without blank", QUIET + "PUB\r\n", UNKNOWN),
            closed("PUB without size", QUIET + "PUB a\r\nPING\r\n", ""),
            closed("PUB with too many words", QUIET + "PUB a b c 2\r\nok\r\n", ""),
            closed("PUB with a size that is no number", QUIET + "PUB a x\r\nok\r\nPING\r\n", ""),
            closed("PUB with a negative size", QUIET + "PUB a -1\r\nPING\r\n", ""),
            closed("PUB with an endless size", QUIET + "PUB a 99999999999999999999\r\nPING\r\n", ""),
            closed("PUB with a size of ten digits", QUIET + "PUB a 1234567890\r\nPING\r\n", ""),
            open("empty payload", QUIET + "SUB a 1\r\nPUB a 0\r\n\r\n", "MSG a 1 0\r\n\r\n"),
            open(
                    "sizes are passed on as they are",
                    QUIET + "SUB a 1\r\nPUB a 0002\r\nok\r\n",
                    "MSG a 1 0002\r\nok\r\n"),
            closed("PUB with a signed size", QUIET + "PUB a +2\r\nok\r\nPING\r\n", ""),
            closed("payload longer than said", QUIET + "SUB a 1\r\nPUB a 2\r\nokxxPING\r\n", UNKNOWN),
            closed("payload ends in half a line end", QUIET + "SUB a 1\r\nPUB a 2\r\nok\rxPING\r\n", UNKNOWN),
            closed("payload shorter than said", QUIET + "SUB a 1\r\nPUB a 4\r\nok\r\nPING\r\n", UNKNOWN),
            open("reply subject", QUIET + "SUB a 1\r\nPUB a r 2\r\nok\r\n", "MSG a 1 r 2\r\nok\r\n"),
            open(
                    "tabs and repeated blanks",
                    QUIET + "SUB\ta\t \t1\r\nPUB \t a   r\t2 \r\nok\r\n",
                    "MSG a 1 r 2\r\nok\r\n"),
            open(
                    "a wildcard published reaches wildcards only",
                    QUIET + "SUB a.* 1\r\nSUB a.b 2\r\nSUB > 3\r\nPUB a.* 0\r\n\r\nPUB a.> 0\r\n\r\n",
                    "MSG a.* 3 0\r\n\r\nMSG a.* 1 0\r\n\r\nMSG a.> 3 0\r\n\r\nMSG a.> 1 0\r\n\r\n"),
            open(
                    "a strict client is told of a published wildcard",
                    "SUB a.* 1\r\nSUB > 3\r\nPUB a.* 0\r\n\r\n",
                    "+OK\r\n+OK\r\n-ERR 'Invalid Publish Subject'\r\n+OK\r\nMSG a.* 3 0\r\n\r\nMSG a.* 1 0\r\n\r\n"),
            open(
                    "subjects with empty tokens reach nobody",
                    QUIET + "SUB > 1\r\nPUB a..b 0\r\n\r\nPUB .a 0\r\n\r\nPUB a. 0\r\n\r\nPUB . 0\r\n\r\n",
                    ""),
            open(
                    "a strict client is told of an empty token",
                    "SUB > 1\r\nPUB a..b 0\r\n\r\n",
                    "+OK\r\n-ERR 'Invalid Publish Subject'\r\n+OK\r\n"),
            closed(
                    "a strict client is told of a subject before its payload is looked at",
                    "PUB a..b 2\r\nokxxPING\r\n",
                    "-ERR 'Invalid Publish Subject'\r\n" + UNKNOWN),
            closed("payload over the limit", QUIET + "PUB a 1048577\r\nabc", "-ERR 'Maximum Payload Violation'\r\n"),
            closed("HPUB of a client without headers", QUIET + "HPUB a 12 14\r\nNATS/1.0\r\n\r\nok\r\n", ""),
            open(
                    "headers",
                    FULL + "SUB a 1\r\nHPUB a 12 14\r\nNATS/1.0\r\n\r\nok\r\n",
                    "HMSG a 1 12 14\r\nNATS/1.0\r\n\r\nok\r\n"),
            open(
                    "headers and reply",
                    FULL + "SUB a 1\r\nHPUB a r 12 14\r\nNATS/1.0\r\n\r\nok\r\n",
                    "HMSG a 1 r 12 14\r\nNATS/1.0\r\n\r\nok\r\n"),
            closed("header longer than the whole", FULL + "HPUB a 15 14\r\nNATS/1.0\r\n\r\nok\r\nPING\r\n", ""),
            closed("HPUB without header size", FULL + "HPUB a 14\r\nPING\r\n", ""),
            closed("HPUB with too many words", FULL + "HPUB a b c 1 2\r\nPING\r\n", ""),
            open(
                    "what the header says does not matter",
                    FULL + "SUB a 1\r\nHPUB a 2 4\r\nxxok\r\n",
                    "HMSG a 1 2 4\r\nxxok\r\n"),
            closed("HPUB with a negative header size", FULL + "HPUB a -1 4\r\nxxok\r\nPING\r\n", ""),
            open("an empty header is none", FULL + "SUB a 1\r\nHPUB a 0 2\r\nok\r\n", "MSG a 1 2\r\nok\r\n"),
            open(
                            "nobody listens",
                            FULL + "SUB r.* 1\r\nPUB nobody r.1 2\r\nhi\r\n",
                            "HMSG r.1 1 38 38\r\nNATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n\r\n")
                    .before("HMSG r.1 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"),
            open("nobody listens and nobody waits", FULL + "PUB nobody r.1 2\r\nhi\r\n", ""),
            closed(
                    "no_responders needs headers",
                    "CONNECT {\"verbose\":false,\"no_responders\":true}\r\nPING\r\n",
                    "-ERR 'no responders requires headers support'\r\n"),
            open(
                            "nobody listens, verbose",
                            "CONNECT {\"verbose\":true,\"headers\":true,\"no_responders\":true}\r\nSUB r 1\r\nPUB nobody r 0\r\n\r\n",
                            "+OK\r\n+OK\r\n+OK\r\nHMSG r 1 38 38\r\nNATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n\r\n")
                    .before("+OK\r\n+OK\r\n+OK\r\nHMSG r 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"),
            open(
                    "echo off, plain and queue",
                    "CONNECT {\"verbose\":false,\"echo\":false}\r\nSUB a 1\r\nSUB a q 2\r\nPUB a 0\r\n\r\n",
                    ""),
            open("protocol 0", "CONNECT {\"verbose\":false,\"echo\":false,\"protocol\":0}\r\n", ""),
            open(
                    "echo off, protocol 1",
                    "CONNECT {\"verbose\":false,\"echo\":false,\"protocol\":1}\r\nSUB a 1\r\nPUB a 0\r\n\r\n",
                    ""),
            open("a queue group of one", QUIET + "SUB a q 1\r\nPUB a 0\r\n\r\n", "MSG a 1 0\r\n\r\n"),
            closed("letters after PUB", QUIET + "PUBa 0\r\n", UNKNOWN),
            open("a wildcard as reply", QUIET + "SUB a 1\r\nPUB a x.* 0\r\n\r\n", "MSG a 1 x.* 0\r\n\r\n"),
            open(
                    "a wildcard as reply, strict",
                    "SUB a 1\r\nPUB a x.* 0\r\n\r\n",
                    "+OK\r\n+OK\r\nMSG a 1 x.* 0\r\n\r\n"));

    private PublishTable() {}
}
