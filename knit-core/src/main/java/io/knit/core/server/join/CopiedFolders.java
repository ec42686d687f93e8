package io.knit.core.server.join;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.Node;
import io.knit.api.spi.loop.Loop;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.PlainText;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Agents whose data folder was copied: the one that started last is the node, and an older one is told on which engine that is. If it is on
 * another, it takes away what it ran, for nobody looks after that any more. Loop-bound.
 */
public final class CopiedFolders {
    /** So long an older agent gets no answer while the newer one's engine has not said which it is: it could not be told what to do. */
    static final Duration MOST_UNTIL_KNOWN = Duration.ofSeconds(30);

    /** What an engine calls itself: it stands in an event and goes to another agent. */
    private static final Pattern ENGINE = Pattern.compile("[A-Za-z0-9:._-]{0,100}");

    private static final int LONGEST_NAME = 100;

    private final Loop loop;
    private final RefusedAgents refused;
    private final Map<String, Holder> holders = new HashMap<>();

    /**
     * Who is a node.
     *
     * @param engine empty: not known yet; null: it has no id
     * @param since when this session was first heard
     * @param earlier who was it before, until that is seen to be on the same engine, or told
     */
    private record Holder(
            String identity,
            long session,
            @Nullable String engine,
            String host,
            Duration since,
            @Nullable Holder earlier) {
        boolean isKnown() {
            return engine != null && !engine.isEmpty();
        }

        /** Whether it says what is known; each heartbeat is asked. */
        boolean isAs(Heartbeat beat) {
            return session == beat.session() && Objects.equals(engine, beat.engineId()) && host.equals(beat.hostname());
        }

        Holder without() {
            return new Holder(identity, session, engine, host, since, null);
        }
    }

    public CopiedFolders(Loop loop, RefusedAgents refused) {
        this.loop = loop;
        this.refused = refused;
    }

    /** Whether a newer agent with the same identity was heard. */
    public boolean isOlder(Heartbeat beat) {
        Holder holder = holders.get(beat.node());
        return holder != null && holder.identity().equals(beat.identity()) && beat.session() < holder.session();
    }

    /** It is the node now: its heartbeat was accepted. */
    public void taken(Heartbeat beat) {
        Holder known = holders.get(beat.node());
        // another identity's is another agent, which is no copy of anybody
        Holder before = known == null || !known.identity().equals(beat.identity()) ? null : known;
        if (before != null && before.isAs(beat)) {
            return;
        }
        String host = name(beat.hostname());
        if (before != null && before.session() == beat.session()) {
            holders.put(
                    beat.node(),
                    new Holder(beat.identity(), beat.session(), engine(beat), host, before.since(), before.earlier()));
            return;
        }
        @Nullable Holder earlier = before == null ? null : before.without();
        holders.put(
                beat.node(), new Holder(beat.identity(), beat.session(), engine(beat), host, loop.elapsed(), earlier));
        if (earlier != null) {
            loop.after(MOST_UNTIL_KNOWN, () -> tellOfSilence(beat.node(), beat.session()));
        }
    }

    /** The folder was copied while its agent was stopped: that one can't be told to clear up, so somebody else is. */
    private void tellOfSilence(String node, long session) {
        Holder now = holders.get(node);
        Holder earlier = now == null || now.session() != session ? null : now.earlier();
        if (now == null || earlier == null) {
            return;
        }
        holders.put(node, now.without());
        if (now.isKnown() && earlier.isKnown() && !Objects.equals(now.engine(), earlier.engine())) {
            refused.tell(
                    node + " moved",
                    node,
                    "copies of data folders",
                    node + " is on another engine now, of host " + now.host()
                            + ", and no agent speaks for the one before, of host "
                            + earlier.host()
                            + ". What it ran is still there, unless that engine is gone: remove it with "
                            + removal(node)
                            + ", and the older of the two folders: an agent started with it would be the node again");
        }
    }

    public void forget(String node) {
        holders.remove(node);
    }

    /**
     * The answer to an older agent; empty: none yet.
     *
     * @param known its node, as the newer one told
     */
    public Optional<HeartbeatReply> answer(String cluster, Node known, Heartbeat beat) {
        // it speaks for itself
        Holder holder = holders.computeIfPresent(beat.node(), (node, now) -> now.without());
        @Nullable String there = holder == null ? null : holder.engine();
        @Nullable String here = engine(beat);
        if (beat.removed() != null) {
            String words = "the agent on host " + name(beat.hostname()) + ", which was " + beat.node()
                    + " before the one on host " + known.hostname() + ", removed the containers that it ran ("
                    + beat.removed() + ") and ended";
            refused.tell(beat.node() + " is gone", beat.node(), "copies of data folders", words);
            return Optional.of(refusal(cluster, words));
        }
        if (holder != null
                && "".equals(there)
                && here != null
                && loop.elapsed().minus(holder.since()).compareTo(MOST_UNTIL_KNOWN) < 0) {
            return Optional.empty();
        }
        String words = "a newer agent with the same data folder runs as " + beat.node() + ", on host "
                + known.hostname() + "; the agent on " + name(beat.hostname()) + " ends. "
                + remains(beat.node(), there, here);
        refused.tell(beat.node(), "copies of data folders", words);
        return Optional.of(refusal(cluster, words).heldOn(there == null || there.isEmpty() ? null : there));
    }

    private static String remains(String node, @Nullable String there, @Nullable String here) {
        String own = "To have its host as a node of its own, start it with an empty data folder";
        if (there == null || there.isEmpty() || here == null || here.isEmpty()) {
            return "If the folder was copied to another host, what that agent ran is still there: remove it with "
                    + removal(node) + ", and the older of the two folders";
        }
        return there.equals(here)
                ? "Both use one engine, so what runs there goes on as the newer one's. " + own
                : "It is on another engine, where it stops and removes what it ran as " + node + ". " + own;
    }

    private static String removal(String node) {
        return "\"docker ps -aq --filter label=knit.node=" + node + " | xargs docker rm -f\"";
    }

    private static @Nullable String engine(Heartbeat beat) {
        String told = beat.engineId();
        return told != null && ENGINE.matcher(told).matches() ? told : null;
    }

    private static String name(@Nullable String hostname) {
        return PlainText.of(String.valueOf(hostname), LONGEST_NAME);
    }

    private static HeartbeatReply refusal(String cluster, String words) {
        return HeartbeatReply.refused(cluster, ErrorCode.NODE_ID_TAKEN.wireName(), words);
    }
}
