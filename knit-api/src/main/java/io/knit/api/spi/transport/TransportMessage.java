package io.knit.api.spi.transport;

/** A message that arrived. */
public interface TransportMessage {
    String subject();

    /** The bytes sent; the receiver may keep the array and never changes it. */
    byte[] payload();

    /** Answers the sender; does nothing if it was not a request. An answer may be lost like any message. */
    void reply(byte[] payload);

    /**
     * Whether an answer could reach nobody but this peer. False where the asker named another place for it, by which it would make the
     * receiver say something there in its stead. Always true on a transport where an asker can't choose that.
     *
     * @param peer the peer's {@link io.knit.api.spi.PluginContext#name}
     */
    default boolean answersOnly(String peer) {
        return true;
    }
}
