package io.knit.plugin.nats.broker.access;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a user may publish to and subscribe to. Patterns are subjects with {@code *} and {@code >}; those for subscriptions
 * may name a queue group as a second word ({@code "jobs.> workers"}), with the same wildcards. What is denied is denied even if it is
 * allowed too. Immutable.
 *
 * <pre>{@code
 * Permissions.builder().publish("status.>").subscribe("tasks.7", "_INBOX.>").build()
 * }</pre>
 */
public final class Permissions {
    /** May do everything. */
    public static final Permissions ALL = builder().build();

    private static final String[] NO_QUEUE = {};

    private final @Nullable List<SubjectPattern> publish;
    private final List<SubjectPattern> denyPublish;
    private final @Nullable List<SubjectPattern> subscribe;
    private final List<SubjectPattern> denySubscribe;
    private final @Nullable Responses responses;

    private Permissions(Builder builder) {
        this.publish = builder.publish == null ? null : List.copyOf(builder.publish);
        this.denyPublish = List.copyOf(builder.denyPublish);
        this.subscribe = builder.subscribe == null ? null : List.copyOf(builder.subscribe);
        this.denySubscribe = List.copyOf(builder.denySubscribe);
        this.responses = builder.responses;
    }

    /** Permissions that allow everything until something is given. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether nothing is forbidden. */
    public boolean isAll() {
        return publish == null && denyPublish.isEmpty() && subscribe == null && denySubscribe.isEmpty();
    }

    /** Whether a message may go to the subject, apart from {@link #responses}. */
    public boolean mayPublish(String subject) {
        String[] tokens = SubjectPattern.tokens(subject);
        boolean allowed = publish == null || publish.stream().anyMatch(pattern -> pattern.matches(tokens));
        return allowed && denyPublish.stream().noneMatch(pattern -> pattern.matches(tokens));
    }

    /**
     * Whether a subscription may ask for the subject. A wildcard may reach into what is denied: those messages
     * {@link #mayReceive may not be delivered} to it.
     *
     * @param queue the queue group; empty for none
     */
    public boolean maySubscribe(String subject, String queue) {
        String[] tokens = SubjectPattern.tokens(subject);
        String[] group = queue.isEmpty() ? NO_QUEUE : SubjectPattern.tokens(queue);
        boolean allowed = subscribe == null
                || subscribe.stream().anyMatch(pattern -> concerns(pattern, group) && pattern.contains(tokens));
        return allowed && !denied(tokens, group);
    }

    /** Whether a subscription that {@link #maySubscribe is allowed} may get messages of the subject. */
    public boolean mayReceive(String subject, String queue) {
        return !denied(SubjectPattern.tokens(subject), queue.isEmpty() ? NO_QUEUE : SubjectPattern.tokens(queue));
    }

    /** Whether subscriptions that are allowed may still not get everything they ask for. */
    public boolean deniesDeliveries() {
        return !denySubscribe.isEmpty();
    }

    /** The right to answer requests, if there is one. */
    public Optional<Responses> responses() {
        return Optional.ofNullable(responses);
    }

    /** What nats-server tells a user of its permissions: lists of what is allowed and denied, and the right to answer. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("publish", lists(publish, denyPublish))
                .put("subscribe", lists(subscribe, denySubscribe));
        if (responses != null) {
            json.put(
                    "responses",
                    new JsonObject()
                            .put("max", responses.max())
                            .put("ttl", responses.ttl().toNanos()));
        }
        return json;
    }

    private static JsonObject lists(@Nullable List<SubjectPattern> allow, List<SubjectPattern> deny) {
        JsonObject lists = new JsonObject();
        if (allow != null) {
            lists.put(
                    "allow",
                    new JsonArray(allow.stream().map(SubjectPattern::toString).toList()));
        }
        if (!deny.isEmpty()) {
            lists.put(
                    "deny",
                    new JsonArray(deny.stream().map(SubjectPattern::toString).toList()));
        }
        return lists;
    }

    private boolean denied(String[] tokens, String[] group) {
        for (SubjectPattern pattern : denySubscribe) {
            if (concerns(pattern, group) && pattern.matches(tokens)) {
                return true;
            }
        }
        return false;
    }

    private static boolean concerns(SubjectPattern pattern, String[] group) {
        return !pattern.hasQueue() || pattern.matchesQueue(group);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Permissions that
                && Objects.equals(publish, that.publish)
                && denyPublish.equals(that.denyPublish)
                && Objects.equals(subscribe, that.subscribe)
                && denySubscribe.equals(that.denySubscribe)
                && Objects.equals(responses, that.responses);
    }

    @Override
    public int hashCode() {
        return Objects.hash(publish, denyPublish, subscribe, denySubscribe, responses);
    }

    @Override
    public String toString() {
        return "Permissions[publish=" + (publish == null ? "all" : publish) + " but " + denyPublish + ", subscribe="
                + (subscribe == null ? "all" : subscribe) + " but " + denySubscribe + ", responses=" + responses + ']';
    }

    /** Collects permissions; each method may be called several times and adds. Not thread-safe. */
    public static final class Builder {
        private @Nullable List<SubjectPattern> publish;
        private final List<SubjectPattern> denyPublish = new ArrayList<>();
        private @Nullable List<SubjectPattern> subscribe;
        private final List<SubjectPattern> denySubscribe = new ArrayList<>();
        private @Nullable Responses responses;

        private Builder() {}

        /** Allows to publish to these subjects, and from now on to no others: called without any, to none at all. */
        public Builder publish(String... patterns) {
            publish = added(publish, subjects(patterns));
            return this;
        }

        /** Forbids to publish to these subjects. */
        public Builder denyPublish(String... patterns) {
            denyPublish.addAll(subjects(patterns));
            return this;
        }

        /** Allows to subscribe to these subjects, and from now on to no others: called without any, to none at all. */
        public Builder subscribe(String... patterns) {
            subscribe = added(subscribe, patterns(patterns));
            return this;
        }

        /** Forbids to get messages of these subjects, also by a wildcard that reaches farther. */
        public Builder denySubscribe(String... patterns) {
            denySubscribe.addAll(patterns(patterns));
            return this;
        }

        /**
         * Allows to answer requests, so often each and for so long. Who may answer but was given no {@link #publish} may publish
         * nothing else.
         */
        public Builder responses(int max, Duration ttl) {
            responses = new Responses(max, ttl);
            publish = added(publish, List.of());
            return this;
        }

        public Permissions build() {
            return new Permissions(this);
        }

        private static List<SubjectPattern> patterns(String... patterns) {
            return Arrays.stream(patterns).map(SubjectPattern::of).toList();
        }

        private static List<SubjectPattern> subjects(String... patterns) {
            List<SubjectPattern> subjects = patterns(patterns);
            for (SubjectPattern subject : subjects) {
                if (subject.hasQueue()) {
                    throw new IllegalArgumentException(
                            "the permission '" + subject + "' names a queue group; only subscriptions have one");
                }
            }
            return subjects;
        }

        private static List<SubjectPattern> added(@Nullable List<SubjectPattern> present, List<SubjectPattern> more) {
            List<SubjectPattern> all = present == null ? new ArrayList<>() : present;
            all.addAll(more);
            return all;
        }
    }
}
