package io.knit.api.spi;

/** A message that arrived. */
public interface TransportMessage {
    String subject();

    /** The bytes sent; the receiver may keep the array and never changes it. */
    byte[] payload();

    /** Answers the sender; does nothing if it was not a request. An answer may be lost like any message. */
    void reply(byte[] payload);
}
