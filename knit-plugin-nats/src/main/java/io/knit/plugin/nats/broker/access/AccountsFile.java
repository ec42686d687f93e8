package io.knit.plugin.nats.broker.access;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users from a JSON file. All that is wrong with it is told at once, by place; what a field holds is never repeated, as it may be a
 * secret.
 *
 * <pre>{@code
 * {"users": [{"user": "ada", "password": "$2b$11$…", "publish": ["orders.>"], "subscribe": ["_INBOX.>"]},
 *            {"user": "sensor", "nkey": "UA…", "publish": ["readings.7.>"], "limits": {"subscriptions": 10}}],
 *  "default_user": "ada"}
 * }</pre>
 */
public final class AccountsFile {
    private static final Logger LOG = LoggerFactory.getLogger(AccountsFile.class);
    private static final long MOST_BYTES = 4L * 1024 * 1024;
    private static final String ANOTHER_TYPE = ": it is of another type than it must be; see the documentation";

    private static final String UNREAD = "it can't be read; give a JSON file in UTF-8 that this user may read";

    private static final Set<String> TOP = Set.of("users", "default_user");
    private static final Set<String> USER = Set.of(
            "user",
            "password",
            "nkey",
            "publish",
            "deny_publish",
            "subscribe",
            "deny_subscribe",
            "responses",
            "limits");
    private static final Set<String> RESPONSES = Set.of("max", "ttl");
    private static final Set<String> LIMITS = Set.of("connections", "subscriptions", "pending", "operations");

    private final List<String> faults = new ArrayList<>();
    private final Accounts.Builder accounts = Accounts.builder();

    private AccountsFile() {}

    /**
     * Reads the users.
     *
     * @throws KnitException with {@code FILE_UNAVAILABLE} if the file can't be read, {@code INVALID_CONFIGURATION} if something in it is wrong
     */
    public static Accounts read(Path file) {
        String text;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw wrong(file, "it is larger than " + MOST_BYTES + " bytes; give a file of users");
            }
            text = Files.readString(file);
            warnOfReaders(file);
        } catch (IOException e) {
            throw e instanceof CharacterCodingException
                    ? wrong(file, UNREAD)
                    : new KnitException(ErrorCode.FILE_UNAVAILABLE, "the file of users " + file + ": " + UNREAD);
        }
        return new AccountsFile().parse(file, text);
    }

    // passwords may stand in it as they are
    private static void warnOfReaders(Path file) throws IOException {
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
            if (rights.contains(PosixFilePermission.OTHERS_READ) || rights.contains(PosixFilePermission.GROUP_READ)) {
                LOG.warn("Others may read {}, which holds what users know; chmod 600 it", file);
            }
        } catch (UnsupportedOperationException e) {
            LOG.debug("Who may read {} is not known here", file);
        }
    }

    private Accounts parse(Path file, String text) {
        JsonObject top;
        try {
            top = new JsonObject(text);
        } catch (DecodeException e) {
            throw wrong(file, "it is no JSON object; begin with {\"users\": [");
        }
        known(top, TOP, "");
        JsonArray users = orNull("users", () -> top.getJsonArray("users"));
        if (users == null) {
            faults.add("/users: list the users");
        } else {
            for (int i = 0; i < users.size(); i++) {
                int index = i;
                String place = "/users/" + i;
                JsonObject user = orNull(place, () -> users.getJsonObject(index));
                if (user != null) {
                    user(user, place);
                }
            }
        }
        String guest = text(top, "default_user", "");
        if (!guest.isEmpty()) {
            accounts.defaultUser(guest);
        }
        Accounts built = faults.isEmpty() ? attempt("/default_user", accounts::build) : null;
        if (built == null) {
            throw wrong(file, String.join("; ", faults));
        }
        return built;
    }

    private void user(JsonObject json, String place) {
        known(json, USER, place);
        String name = text(json, "user", place);
        String password = text(json, "password", place);
        String key = text(json, "nkey", place);
        Permissions permissions = permissions(json, place);
        Limits limits = limits(json, place);
        if (name.isEmpty()) {
            faults.add(place + "/user: give the user a name");
        } else if (password.isEmpty() == key.isEmpty()) {
            faults.add(place + ": give either a password (better its bcrypt hash) or an nkey");
        } else if (limits != null) {
            var unused = attempt(
                    place,
                    () -> key.isEmpty()
                            ? accounts.user(name, password, permissions, limits)
                            : accounts.nkey(key, name, permissions, limits));
        }
    }

    private Permissions permissions(JsonObject json, String place) {
        Permissions.Builder builder = Permissions.builder();
        subjects(json, "publish", place, builder::publish);
        subjects(json, "deny_publish", place, builder::denyPublish);
        subjects(json, "subscribe", place, builder::subscribe);
        subjects(json, "deny_subscribe", place, builder::denySubscribe);
        String at = place + "/responses";
        JsonObject responses = orNull(at, () -> json.getJsonObject("responses"));
        if (responses != null) {
            known(responses, RESPONSES, at);
            int max = (int) number(responses, "max", at, 1);
            String ttl = text(responses, "ttl", at);
            var unused = attempt(
                    at + "/ttl", () -> builder.responses(max, ttl.isEmpty() ? Duration.ofMinutes(2) : duration(ttl)));
        }
        return builder.build();
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse("PT" + text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("give a time like 30s or 2m", e);
        }
    }

    private void subjects(JsonObject json, String field, String place, Consumer<String[]> into) {
        String at = place + '/' + field;
        JsonArray list = orNull(at, () -> json.getJsonArray(field));
        if (list == null) {
            return;
        }
        List<String> subjects = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            int index = i;
            subjects.add(at(at + '/' + i, () -> list.getString(index), ""));
        }
        var unused = attempt(at, () -> {
            into.accept(subjects.toArray(String[]::new));
            return subjects;
        });
    }

    private @Nullable Limits limits(JsonObject json, String place) {
        String at = place + "/limits";
        JsonObject limits = orNull(at, () -> json.getJsonObject("limits"));
        if (limits == null) {
            return Limits.NONE;
        }
        known(limits, LIMITS, at);
        return attempt(
                at,
                () -> new Limits(
                        (int) number(limits, "connections", at, 0),
                        (int) number(limits, "subscriptions", at, 0),
                        number(limits, "pending", at, 0),
                        (int) number(limits, "operations", at, 0)));
    }

    // ---- one field

    private long number(JsonObject json, String field, String place, long otherwise) {
        Long value = at(place + '/' + field, () -> json.getLong(field, otherwise), otherwise);
        if (value == null || value < 0 || value > Integer.MAX_VALUE) {
            faults.add(place + '/' + field + ": give 0 to " + Integer.MAX_VALUE);
            return otherwise;
        }
        return value;
    }

    private String text(JsonObject json, String field, String place) {
        String value = at(place + '/' + field, () -> json.getString(field), "");
        return value == null ? "" : value;
    }

    private void known(JsonObject json, Set<String> fields, String place) {
        for (String field : json.fieldNames()) {
            if (!fields.contains(field)) {
                faults.add(place + ": there is no field " + (field.length() > 40 ? "of such a name" : field)
                        + "; there are " + String.join(", ", new TreeSet<>(fields)));
            }
        }
    }

    private interface Reader<T extends @Nullable Object> {
        T read();
    }

    private <T> @Nullable T orNull(String place, Reader<@Nullable T> reader) {
        try {
            return reader.read();
        } catch (ClassCastException e) {
            faults.add(place + ANOTHER_TYPE);
            return null;
        }
    }

    private <T extends @Nullable Object> T at(String place, Reader<T> reader, T otherwise) {
        try {
            return reader.read();
        } catch (ClassCastException e) {
            faults.add(place + ANOTHER_TYPE);
            return otherwise;
        }
    }

    private <T> @Nullable T attempt(String place, Reader<T> reader) {
        try {
            return reader.read();
        } catch (IllegalArgumentException | IllegalStateException e) {
            faults.add(place + ": " + e.getMessage());
            return null;
        }
    }

    private static KnitException wrong(Path file, String what) {
        return new KnitException(ErrorCode.INVALID_CONFIGURATION, "the file of users " + file + ": " + what);
    }
}
