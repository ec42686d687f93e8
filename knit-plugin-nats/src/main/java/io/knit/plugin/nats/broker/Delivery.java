package io.knit.plugin.nats.broker;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** Brings a message to everyone who subscribed to its subject. One per event loop, used on its thread only. */
final class Delivery {
    private static final String NO_RESPONDERS = " 16 16\r\nNATS/1.0 503\r\n\r\n\r\n";

    private final MatchCache cache;
    private final RandomGenerator random;
    private final MessageHead whole;
    private final MessageHead withoutHeaders;

    Delivery(SubjectTrie trie, int maxControlLine, RandomGenerator random) {
        this.cache = new MatchCache(trie);
        this.random = random;
        this.whole = new MessageHead(maxControlLine);
        this.withoutHeaders = new MessageHead(maxControlLine);
    }

    MatchCache cache() {
        return cache;
    }

    void publish(Connection publisher, Publication message, LoopState from) {
        Matches matches = cache.match(message.line, message.subjectStart, message.subjectEnd);
        boolean delivered = false;
        if (matches != Matches.NONE) {
            whole.begin(message);
            if (message.headerLength > 0) {
                withoutHeaders.beginWithoutHeaders(message);
            }
            for (Subscription subscription : matches.plain) {
                delivered |= deliver(publisher, subscription, message, from);
            }
            for (Subscription[] group : matches.groups) {
                delivered |= deliverToOne(publisher, group, message, from);
            }
        }
        if (!delivered && message.wantsAnswer() && publisher.wantsNoResponders()) {
            sayNoResponders(publisher, message, from);
        }
    }

    // from a random member on, so that one that is ended, closed or without echo never swallows the message
    private boolean deliverToOne(Connection publisher, Subscription[] group, Publication message, LoopState from) {
        int first = group.length == 1 ? 0 : random.nextInt(group.length);
        for (int i = 0; i < group.length; i++) {
            if (deliver(publisher, group[(first + i) % group.length], message, from)) {
                return true;
            }
        }
        return false;
    }

    private boolean deliver(Connection publisher, Subscription subscription, Publication message, LoopState from) {
        Connection owner = subscription.owner;
        if (owner == publisher && !owner.wantsEcho()) {
            return false;
        }
        if (message.wantsAnswer()) {
            owner.session().asked(message);
        }
        boolean headers = owner.wantsHeaders();
        MessageHead head = headers || message.headerLength == 0 ? whole : withoutHeaders;
        int length = head.complete(subscription.sidBytes);
        int skip = headers ? 0 : message.headerLength;
        Outbound.Taken taken = owner.outbound().deliver(subscription, head.bytes(), length, message, skip, from);
        if (subscription.ended()) {
            owner.ended(subscription);
        }
        if (taken == Outbound.Taken.AND_CROWDED) {
            publisher.easeOff(owner.outbound());
        }
        return taken != Outbound.Taken.NO;
    }

    // only the asker's own subscription hears of it, as an empty message with status 503
    private void sayNoResponders(Connection publisher, Publication message, LoopState from) {
        Matches askers = cache.match(message.line, message.replyStart, message.replyEnd);
        for (Subscription subscription : askers.plain) {
            if (subscription.owner == publisher) {
                String line = "HMSG " + message.reply() + ' ' + subscription.sid + NO_RESPONDERS;
                publisher.outbound().append(line.getBytes(StandardCharsets.ISO_8859_1), from);
                return;
            }
        }
    }
}
