package io.knit.api.spi.transport;

import java.util.List;

/**
 * What a peer may do, by subjects; {@code *} in one stands for any one token, of what is published too. It may also await answers to its own requests; nothing else.
 *
 * @param publish on what it may speak
 * @param subscribe on what it may listen
 */
public record PeerRights(List<String> publish, List<String> subscribe) {
    public PeerRights {
        publish = List.copyOf(publish);
        subscribe = List.copyOf(subscribe);
    }
}
