package io.knit.plugin.nats.broker.monitor;

/** Answers the requests of one path. */
interface Page {
    /** @throws WrongQuery if a parameter makes no sense */
    Answer answer(Query query);
}
