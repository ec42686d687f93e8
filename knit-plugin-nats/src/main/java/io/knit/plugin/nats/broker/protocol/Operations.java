package io.knit.plugin.nats.broker.protocol;

/** What a client asks for, as {@link ProtocolParser} finds it. Arguments are valid only during the call. */
public interface Operations {
    /** CONNECT with its JSON. */
    void connect(byte[] bytes, int start, int end);

    /**
     * The control line of a PUB or HPUB, before its payload: whether the payload may come.
     *
     * @return false if the connection is at its end for it
     */
    boolean announced(Publication publication, boolean headers);

    /** A PUB or HPUB with its payload. */
    void publish(Publication publication);

    /** SUB with its words. */
    void subscribe(ControlLine words);

    /** UNSUB with its words. */
    void unsubscribe(ControlLine words);

    void ping();

    void pong();

    /** The bytes are no protocol; nothing more is parsed. */
    void violation(Violation violation);
}
