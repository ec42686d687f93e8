package io.knit.api.command;

import io.knit.api.model.KnitEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL that events are sent to, as everybody may know it who may know of webhooks: not what its messages are signed with.
 *
 * @param name DNS label (RFC 1123)
 * @param url {@code https}, or {@code http} where the way is known to be safe
 * @param events patterns of kinds of events, such as {@code deployment.*}; {@code *} stands for any letters
 * @param deployments as {@link Caller#deployments}: of events about a deployment, those about these
 * @param createdBy the name of who made it
 * @param course how far it has come
 */
public record Webhook(
        String name,
        String url,
        List<String> events,
        List<String> deployments,
        Instant createdAt,
        String createdBy,
        Course course) {
    public Webhook {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(url, "url");
        events = List.copyOf(events);
        deployments = List.copyOf(deployments);
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(createdBy, "createdBy");
        Objects.requireNonNull(course, "course");
    }

    /** Whether it is to be sent there. */
    public boolean wants(KnitEvent event) {
        boolean about = event.deployment() == null || matches(deployments, event.deployment());
        return about && matches(events, event.type());
    }

    private static boolean matches(List<String> patterns, String word) {
        return patterns.stream().anyMatch(pattern -> Caller.matches(pattern, word));
    }

    /** The same, further on. */
    public Webhook with(Course next) {
        return new Webhook(name, url, events, deployments, createdAt, createdBy, next);
    }

    /**
     * How far a webhook has come.
     *
     * @param after number of the newest event that it has, or does not want; what follows is still to be sent
     * @param attempts how often the next message was sent in vain
     * @param nextTry when it is sent again; null: at once, or never
     * @param reason why the last attempt was in vain, or why it is disabled; empty: neither
     * @param disabled whether nothing is sent any more
     * @param missed how many events were kept no longer when it was their turn
     */
    public record Course(
            long after, int attempts, @Nullable Instant nextTry, String reason, boolean disabled, long missed) {
        /** From so many attempts on people are told: the receiver was away for minutes. */
        public static final int FAILING = 3;

        public Course {
            Objects.requireNonNull(reason, "reason");
        }

        /** Of one that gets what comes after this event. */
        public static Course begin(long after) {
            return new Course(after, 0, null, "", false, 0);
        }

        /** One word for how it is. */
        public Phase phase() {
            if (disabled) {
                return Phase.DISABLED;
            }
            return attempts >= FAILING ? Phase.FAILING : attempts > 0 ? Phase.RETRYING : Phase.ACTIVE;
        }
    }

    /** How a webhook is. */
    public enum Phase {
        /** What comes is sent at once. */
        ACTIVE,
        /** The last attempt was in vain, and there will be another. */
        RETRYING,
        /** For minutes at least all was in vain, and there will be another attempt. */
        FAILING,
        /** Nothing is sent any more, until a test succeeds. */
        DISABLED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What came of a message that was sent to see whether it arrives.
     *
     * @param delivered whether it was answered with a status of 200 to 299
     * @param status of the answer; 0: there was none
     * @param words what was answered, or why nothing was
     */
    public record Tried(boolean delivered, int status, Duration took, String words) {}

    /**
     * What messages are signed with, as the receiver has it: {@code whsec_} and Base64 of 24 to 64 bytes (standard-webhooks). It shows itself to nobody.
     *
     * @param text with {@code whsec_}
     */
    public record Secret(String text) {
        private static final String PREFIX = "whsec_";
        private static final Pattern SHAPE = Pattern.compile(PREFIX + "[A-Za-z0-9+/]{32,88}={0,2}");

        /** @throws IllegalArgumentException if it is none */
        public Secret {
            if (!SHAPE.matcher(text).matches()) {
                throw new IllegalArgumentException("a webhook's secret is whsec_ and Base64 (not shown)");
            }
            int length = Base64.getDecoder().decode(text.substring(PREFIX.length())).length;
            if (length < 24 || length > 64) {
                throw new IllegalArgumentException("a webhook's secret has 24 to 64 bytes, and this one " + length);
            }
        }

        /** @param bytes 24 to 64, by chance */
        public static Secret of(byte[] bytes) {
            return new Secret(PREFIX + Base64.getEncoder().encodeToString(bytes));
        }

        /** The bytes that it stands for. */
        public byte[] key() {
            return Base64.getDecoder().decode(text.substring(PREFIX.length()));
        }

        @Override
        public String toString() {
            return "Secret[not shown]";
        }
    }
}
