package io.knit.plugin.nats.broker.monitor.page;

/** Answers the requests of one path. */
public interface Page {
    /** @throws WrongQuery if a parameter makes no sense */
    Answer answer(Query query);
}
