package io.knit.plugin.wgmesh;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.plugin.wgmesh.socket.MeshProtocolException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the daemon's results. It leaves empty fields out, so that what is missing is empty; unknown fields are ignored. */
final class MeshAnswers {
    /** The key is only compared, so that any plain word will do. */
    private static final Pattern KEY = Pattern.compile("[!-~]{1,128}");

    private static final int LONGEST_NAME = 253;
    private static final double MOST_MILLIS = 3_600_000;

    private MeshAnswers() {}

    static List<MeshPeer> peers(JsonNode result) {
        JsonNode list = result.path("peers");
        if (!list.isArray() && !list.isNull() && !list.isMissingNode()) {
            throw new MeshProtocolException("gave peers that are no list");
        }
        List<MeshPeer> peers = new ArrayList<>();
        list.forEach(entry -> peer(entry).ifPresent(peers::add));
        return List.copyOf(peers);
    }

    static MeshPeer onePeer(JsonNode result) {
        return peer(result).orElseThrow(() -> new MeshProtocolException("gave a peer without a usable key or address"));
    }

    private static Optional<MeshPeer> peer(JsonNode entry) {
        String pubkey = text(entry, "pubkey");
        if (!KEY.matcher(pubkey).matches()) {
            return Optional.empty();
        }
        return MeshAddress.read(text(entry, "mesh_ip"))
                .map(meshIp -> new MeshPeer(
                        pubkey,
                        hostname(entry),
                        meshIp,
                        text(entry, "endpoint"),
                        instant(text(entry, "last_seen")),
                        words(entry, "discovered_via"),
                        words(entry, "routable_networks"),
                        latency(entry.path("latency_ms"))));
    }

    static PeerCount count(JsonNode result) {
        return new PeerCount(
                result.path("active").asLong(),
                result.path("total").asLong(),
                result.path("dead").asLong());
    }

    static MeshStatus status(JsonNode result) {
        String address = text(result, "mesh_ip");
        String meshIp = address.isEmpty()
                ? ""
                : MeshAddress.read(address)
                        .orElseThrow(() -> new MeshProtocolException("gave this host a mesh_ip that is no address"));
        String pubkey = text(result, "pubkey");
        if (!pubkey.isEmpty() && !KEY.matcher(pubkey).matches()) {
            throw new MeshProtocolException("gave this host a pubkey that is none");
        }
        return new MeshStatus(
                pubkey,
                hostname(result),
                meshIp,
                Duration.ofNanos(result.path("uptime").asLong()),
                text(result, "interface"),
                text(result, "version"));
    }

    static String pong(JsonNode result) {
        if (!result.path("pong").asBoolean()) {
            throw new MeshProtocolException("answered a ping without a pong");
        }
        return text(result, "version");
    }

    /** Older daemons say {@code name}. */
    private static String hostname(JsonNode entry) {
        String hostname = text(entry, "hostname");
        String name = hostname.isEmpty() ? text(entry, "name") : hostname;
        boolean usable = name.length() <= LONGEST_NAME && name.chars().noneMatch(Character::isISOControl);
        return usable ? name : "";
    }

    private static String text(JsonNode entry, String field) {
        JsonNode value = entry.path(field);
        return value.isTextual() ? value.textValue().strip() : "";
    }

    private static List<String> words(JsonNode entry, String field) {
        List<String> words = new ArrayList<>();
        entry.path(field).forEach(word -> {
            if (word.isTextual()) {
                words.add(word.textValue());
            }
        });
        return words;
    }

    /** RFC 3339 with any offset; the year 1 is the daemon's way to say never. */
    private static @Nullable Instant instant(String text) {
        try {
            Instant instant = OffsetDateTime.parse(text.replace(' ', 'T')).toInstant();
            return instant.isAfter(Instant.EPOCH) ? instant : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable Duration latency(JsonNode millis) {
        double value = millis.asDouble(-1);
        return value >= 0 && value <= MOST_MILLIS ? Duration.ofNanos((long) (value * 1_000_000)) : null;
    }
}
