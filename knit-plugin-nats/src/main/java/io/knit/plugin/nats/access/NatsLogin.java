package io.knit.plugin.nats.access;

import io.nats.client.Options;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** How a connection says who it is, beside what stands in the address. Shows no secret. */
public final class NatsLogin {
    /** Below it, each peer awaits the answers to its requests: {@code _INBOX.<peer>.}. */
    private static final String INBOX = "_INBOX.";

    private final UnaryOperator<Options.Builder> how;
    private final String refusal;

    private NatsLogin(UnaryOperator<Options.Builder> how, String refusal) {
        this.how = how;
        this.refusal = refusal;
    }

    public static String inboxOf(String peer) {
        return INBOX + peer + '.';
    }

    /** With what the addresses hold, or nothing: a server at an outside NATS. */
    public static NatsLogin asAddressed() {
        return new NatsLogin(options -> options, "refuses the user in nats-url, or wants one");
    }

    /** The server at its own broker. */
    static NatsLogin ofServer(String secret) {
        return new NatsLogin(
                options -> options.userInfo(KnitAccess.SERVER.toCharArray(), secret.toCharArray()),
                "does not know its own server");
    }

    /** An agent whose addresses hold credentials: they are an outside NATS' and used alone. */
    public static NatsLogin ofAgentAsAddressed(String node) {
        return new NatsLogin(
                options -> options.inboxPrefix(inboxOf(node)),
                "refuses the user in nats-url; a Knit server's own broker takes an address without one");
    }

    /** An agent, by its key. A NATS that asks for no key gets none. */
    public static NatsLogin ofAgent(String node, AgentKey key, Optional<String> joinToken) {
        Optional<String> proof = joinToken.map(token -> JoinProof.of(token, key.publicKey()));
        String invited = joinToken.isPresent() ? "wants another --join-token" : "wants a --join-token";
        return new NatsLogin(
                options -> {
                    proof.ifPresent(shown -> options.token(shown.toCharArray()));
                    return options.inboxPrefix(inboxOf(node)).authHandler(key.handler());
                },
                "refuses this agent, which has the key " + key.publicKey() + ": the server " + invited + ", or knows "
                        + node + " by another key; its log and events say which and what to do");
    }

    /** Options to which the rest is added. */
    public Options.Builder options() {
        return how.apply(new Options.Builder());
    }

    /** What is said when NATS does not take it; follows "NATS at …". */
    public String refusal() {
        return refusal;
    }
}
