package io.knit.plugin.nats.broker.routing;

import io.knit.plugin.nats.broker.protocol.MessageHead;
import io.knit.plugin.nats.broker.protocol.Publication;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Brings a message to everyone who subscribed to its subject. One per event loop, used on its thread only. */
public final class Delivery {
    private static final String NO_RESPONDERS = "NATS/1.0 503\r\nNats-Subject: ";
    private static final byte[] LINE_END = {'\r', '\n'};

    private final MatchCache cache;
    private final RandomGenerator random;
    private final MessageHead whole;
    private final MessageHead withoutHeaders;

    public Delivery(SubjectTrie trie, int maxControlLine, RandomGenerator random) {
        this.cache = new MatchCache(trie);
        this.random = random;
        this.whole = new MessageHead(maxControlLine);
        this.withoutHeaders = new MessageHead(maxControlLine);
    }

    public MatchCache cache() {
        return cache;
    }

    /** @param answered whether somebody answers for sure who did not subscribe */
    public void publish(Subscriber publisher, Publication message, boolean answered, LoopState from) {
        Matches matches = cache.match(message.line, message.subjectStart, message.subjectEnd);
        boolean delivered = answered;
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

    /** Delivers the message to nobody, but says so if there is nobody. */
    public void pretend(Subscriber publisher, Publication message, LoopState from) {
        boolean nobody = cache.match(message.line, message.subjectStart, message.subjectEnd) == Matches.NONE;
        if (nobody && message.wantsAnswer() && publisher.wantsNoResponders()) {
            sayNoResponders(publisher, message, from);
        }
    }

    /** Brings an answer of the broker's own to those who wait for it, whoever they are. */
    public void answer(String reply, JsonObject answer, LoopState from) {
        byte[] subject = reply.getBytes(StandardCharsets.ISO_8859_1);
        Matches matches = cache.match(subject, 0, subject.length);
        byte[] payload = answer.encode().getBytes(StandardCharsets.UTF_8);
        for (Subscription subscription : matches.plain) {
            answer(subscription, reply, payload, from);
        }
        for (Subscription[] group : matches.groups) {
            answer(group[random.nextInt(group.length)], reply, payload, from);
        }
    }

    private static void answer(Subscription subscription, String reply, byte[] payload, LoopState from) {
        String line = "MSG " + reply + ' ' + subscription.sid + ' ' + payload.length + "\r\n";
        Publication message = new Publication();
        message.array = Arrays.copyOf(payload, payload.length + LINE_END.length);
        System.arraycopy(LINE_END, 0, message.array, payload.length, LINE_END.length);
        message.length = payload.length;
        byte[] head = line.getBytes(StandardCharsets.ISO_8859_1);
        subscription.owner.outbound().deliver(subscription, head, head.length, message, 0, from);
        if (subscription.ended()) {
            subscription.owner.ended(subscription);
        }
    }

    // from a random member on, so that one that is ended, closed or without echo never swallows the message
    private boolean deliverToOne(Subscriber publisher, Subscription[] group, Publication message, LoopState from) {
        int first = group.length == 1 ? 0 : random.nextInt(group.length);
        for (int i = 0; i < group.length; i++) {
            if (deliver(publisher, group[(first + i) % group.length], message, from)) {
                return true;
            }
        }
        return false;
    }

    private boolean deliver(Subscriber publisher, Subscription subscription, Publication message, LoopState from) {
        Subscriber owner = subscription.owner;
        if (owner == publisher && !owner.wantsEcho()) {
            return false;
        }
        if (message.wantsAnswer()) {
            owner.asked(message);
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
    private void sayNoResponders(Subscriber publisher, Publication message, LoopState from) {
        Matches askers = cache.match(message.line, message.replyStart, message.replyEnd);
        for (Subscription subscription : askers.plain) {
            if (subscription.owner == publisher) {
                String header = NO_RESPONDERS + message.subject() + "\r\n\r\n";
                String line = "HMSG " + message.reply() + ' ' + subscription.sid + ' ' + header.length() + ' '
                        + header.length() + "\r\n" + header + "\r\n";
                publisher.outbound().append(line.getBytes(StandardCharsets.ISO_8859_1), from);
                return;
            }
        }
    }
}
