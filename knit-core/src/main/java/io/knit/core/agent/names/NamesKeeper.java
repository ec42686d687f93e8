package io.knit.core.agent.names;

import io.knit.api.AgentTiming;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.Transport;
import io.knit.core.agent.disk.AgentIdentity;
import io.knit.core.agent.fetch.Asking;
import io.knit.core.agent.fetch.DroppedMessages;
import io.knit.core.wire.NamesPage;
import io.knit.core.wire.NamesRequest;
import io.knit.core.wire.Speaks;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import io.vertx.core.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the table of names as the server has it: takes what is told, and asks for what was missed. Where it fails, the next heartbeat tries again.
 * Only on the loop.
 */
public final class NamesKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(NamesKeeper.class);
    private static final int MOST_PAGES = 10_000;
    /** In a fleet that never rests the digest is another after each fetch; from then on what is told is waited for. */
    private static final int MOST_IN_A_ROW = 5;

    private final Loop loop;
    private final Transport transport;
    private final Asking asking;
    private final DroppedMessages dropped;
    private final NameBook book;
    private final KeptNames kept;
    private final Runnable changed;
    private @Nullable String cluster;
    private @Nullable AgentIdentity identity;
    private Transport.@Nullable Subscription subscription;
    private boolean subscribing;
    private boolean fetching;
    private boolean stopped;

    /** @param changed called when another table is held */
    public NamesKeeper(
            Loop loop,
            Transport transport,
            AgentTiming timing,
            NameBook book,
            KeptNames kept,
            DroppedMessages dropped,
            Runnable changed) {
        this.loop = loop;
        this.transport = transport;
        this.asking = new Asking(loop, transport, timing.requestTimeout());
        this.dropped = dropped;
        this.book = book;
        this.kept = kept;
        this.changed = changed;
    }

    /** Takes up what was kept in the last run, unless the server was faster. */
    public Future<Void> start(@Nullable String ofCluster) {
        return ofCluster == null
                ? Future.succeededFuture()
                : kept.read(ofCluster).map(names -> {
                    if (names != null && book.held() == HeldNames.NONE && !stopped) {
                        book.take(names);
                        changed.run();
                    }
                    return null;
                });
    }

    public void stop() {
        stopped = true;
        kept.stop();
        if (subscription != null) {
            end(subscription);
        }
    }

    /** The server has the table of that digest. */
    public void told(String inCluster, AgentIdentity who, String digest) {
        if (stopped) {
            return;
        }
        cluster = inCluster;
        identity = who;
        listen();
        if (!digest.equals(book.held().digest())) {
            fetch(inCluster, who, MOST_IN_A_ROW);
        }
    }

    /** Only a server that knows names lets an agent hear of them. */
    private void listen() {
        if (subscription != null || subscribing) {
            return;
        }
        subscribing = true;
        loop.bring(transport.subscribe(
                        Subjects.NAMES_BROADCAST, message -> loop.execute(() -> changed(message.payload()))))
                .onComplete(result -> {
                    subscribing = false;
                    if (result.failed()) {
                        LOG.debug(
                                "names that change can't be heard: {}",
                                result.cause().getMessage());
                    } else if (stopped) {
                        end(result.result());
                    } else {
                        subscription = result.result();
                    }
                });
    }

    private static void end(Transport.Subscription subscription) {
        subscription.unsubscribe().onFailure(e -> LOG.debug("a subscription did not end: {}", e.getMessage()));
    }

    private void changed(byte[] payload) {
        String here = cluster;
        AgentIdentity who = identity;
        if (stopped || here == null || who == null) {
            return;
        }
        NamesPage page;
        try {
            page = WireCodec.decode(payload, NamesPage.class);
        } catch (KnitException e) {
            dropped.drop("names that can't be read");
            return;
        }
        if (!here.equals(page.cluster()) || !Speaks.OURS.includes(page.v())) {
            dropped.drop("names of another cluster or version");
            return;
        }
        HeldNames held = book.held();
        if (held.digest() != null && held.digest().equals(page.from())) {
            HeldNames next = held.with(page).known(page.digest());
            take(next);
            kept.keep(page, next.isEmpty(), () -> next.page(WireCodec.VERSION, here));
        } else if (!page.digest().equals(held.digest())) {
            fetch(here, who, MOST_IN_A_ROW);
        }
    }

    private void take(HeldNames next) {
        book.take(next);
        changed.run();
    }

    private void fetch(String here, AgentIdentity who, int left) {
        if (fetching || left == 0) {
            return;
        }
        fetching = true;
        Fetch fetch = new Fetch(here, who, book.held());
        fetch.nextPage().onComplete(result -> {
            fetching = false;
            if (stopped) {
                return;
            }
            if (result.failed()) {
                LOG.debug("the names could not be fetched: {}", result.cause().getMessage());
            } else {
                HeldNames next = result.result();
                take(next);
                kept.keep(() -> next.page(WireCodec.VERSION, here));
                if (fetch.isBehind) {
                    fetch(here, who, left - 1);
                }
            }
        });
    }

    /** One reading of all pages. */
    private final class Fetch {
        private final String here;
        private final AgentIdentity who;
        private final HeldNames before;
        private HeldNames collected;
        private @Nullable NamesPage first;
        private boolean isBehind;
        private int pages;

        Fetch(String here, AgentIdentity who, HeldNames before) {
            this.here = here;
            this.who = who;
            this.before = before;
            this.collected = before;
        }

        Future<HeldNames> nextPage() {
            return page(null);
        }

        private Future<HeldNames> page(@Nullable String after) {
            NamesRequest request = new NamesRequest(
                    WireCodec.VERSION, here, who.node(), who.identity(), before.digest(), after, asking.bytes());
            return asking.ask(Subjects.names(who.node()), WireCodec.encode(request))
                    .compose(answer -> took(WireCodec.decode(answer, NamesPage.class)));
        }

        private Future<HeldNames> took(NamesPage page) {
            NamesPage begun = first == null ? page : first;
            pages++;
            if (!here.equals(page.cluster())
                    || !Objects.equals(begun.from(), page.from())
                    || page.from() != null && !page.from().equals(before.digest())
                    || pages > MOST_PAGES) {
                return Future.failedFuture("a page of names that does not belong to the others");
            }
            if (first == null) {
                first = page;
                collected = page.from() == null ? HeldNames.NONE : before;
            }
            collected = collected.with(page);
            if (page.next() != null) {
                return page(page.next());
            }
            // what changed while it was read is not all in it: it is the first page's table, and the rest is asked for
            isBehind = !begun.digest().equals(page.digest());
            return Future.succeededFuture(collected.known(begun.digest()));
        }
    }
}
