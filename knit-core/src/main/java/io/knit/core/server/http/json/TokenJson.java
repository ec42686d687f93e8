package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.command.Caller;
import io.knit.api.command.Token;
import io.knit.api.error.ErrorCode;
import io.knit.api.spi.Durations;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.admission.Refusals;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tokens as the API has them; the text that its holder shows is in none. */
public final class TokenJson {
    private static final List<String> FIELDS = List.of("name", "role", "deployments", "ttl");
    private static final Pattern DAYS = Pattern.compile("(\\d{1,5})d");

    private TokenJson() {}

    /**
     * What is asked for.
     *
     * @param name null: any
     * @param life null: for ever
     */
    public record Wish(
            @Nullable String name,
            Caller.Role role,
            List<String> deployments,
            @Nullable Duration life) {}

    /** @throws io.knit.api.error.KnitException of kind USER */
    public static Wish read(byte[] body) {
        Refusals refusals = new Refusals();
        Fields fields = new Fields(SpecReader.tree(body), "", refusals, FIELDS);
        String name = fields.has("name") ? fields.text("name") : null;
        Caller.Role role = Caller.Role.VIEWER;
        if (fields.has("role")) {
            role = role(fields.text("role"), refusals);
        } else {
            fields.require("role");
        }
        List<String> deployments = fields.has("deployments") ? fields.texts("deployments") : List.of(Caller.ALL);
        Duration life = fields.has("ttl") ? life(fields.text("ttl"), refusals) : null;
        refusals.throwIfAny();
        return new Wish(name, role, deployments, life);
    }

    private static Caller.Role role(String word, Refusals refusals) {
        Optional<Caller.Role> role = Arrays.stream(Caller.Role.values())
                .filter(each -> word(each).equals(word))
                .findFirst();
        if (role.isEmpty()) {
            refusals.add(
                    "/role",
                    ErrorCode.INVALID_VALUE,
                    "there is no role " + Pointers.quoted(word) + "; give admin, deployer or viewer");
        }
        return role.orElse(Caller.Role.VIEWER);
    }

    /** As any duration, and also in days. */
    private static @Nullable Duration life(String text, Refusals refusals) {
        Matcher days = DAYS.matcher(text);
        Optional<Duration> life =
                days.matches() ? Optional.of(Duration.ofDays(Long.parseLong(days.group(1)))) : Durations.of(text);
        if (life.isEmpty()) {
            refusals.add(
                    "/ttl",
                    ErrorCode.INVALID_VALUE,
                    "ttl is " + Pointers.quoted(text)
                            + "; give a time such as 30d or 12h, or leave it out: then it lives for ever");
        }
        return life.orElse(null);
    }

    public static ObjectNode of(Token token, Instant now) {
        ObjectNode json = Json.object();
        json.put("name", token.name()).put("role", word(token.role()));
        token.deployments().forEach(json.putArray("deployments")::add);
        json.put("created_at", token.createdAt().toString()).put("created_by", token.createdBy());
        json.put("expires_at", token.expires() == null ? null : token.expires().toString());
        json.put("expired", !token.isValid(now));
        return json;
    }

    /** All, by name. */
    public static ObjectNode list(List<Token> tokens, Instant now) {
        ObjectNode json = Json.object();
        ArrayNode list = json.putArray("tokens");
        tokens.forEach(token -> list.add(of(token, now)));
        return json;
    }

    private static String word(Caller.Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }
}
