package io.knit.core.server.value;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.state.OlderValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What commands about variables, secrets, files and registries' logins change (pure). */
public final class ValueCommands {
    /** Of each kind. */
    static final int MOST = 1_000;

    /** Bytes of all. */
    static final long MOST_BYTES = 64L << 20;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?");

    private ValueCommands() {}

    /** Whether a value may have this name. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** It has another version if it holds something else than before. */
    public static Decision<Value> set(
            ClusterState state, Command.SetValue set, Sealing sealing, Caller caller, Instant now) {
        check(set);
        KnownValue before = state.values().get(set.kind(), set.name());
        if (before != null && holds(before, set.content(), sealing)) {
            return new Decision<>(List.of(), before.value());
        }
        checkRoom(state, set, before);
        // above those of what was removed, and of what was set after the backup of which this store was made
        int passed = state.values().passed();
        int version =
                1 + (before == null ? passed : Math.max(passed, before.value().version()));
        Value value = new Value(set.kind(), set.name(), version, set.content().size(), now, caller.name(), null);
        KnownValue known =
                set.kind().isSealed() ? sealing.seal(value, set.content()) : KnownValue.open(value, set.content());
        return new Decision<>(List.of(new Change.PutValue(known)), value);
    }

    /** What does not open is not known to hold it. */
    private static boolean holds(KnownValue before, Value.Content content, Sealing sealing) {
        try {
            return before.value().bytes() == content.size()
                    && sealing.open(before).equals(content);
        } catch (KnitException e) {
            return false;
        }
    }

    private static void check(Command.SetValue set) {
        Value.Kind kind = set.kind();
        if (kind == Value.Kind.REGISTRY) {
            RegistryLogin.check(set);
        } else if (!isName(set.name())) {
            throw KnitException.at(
                    "/name",
                    ErrorCode.INVALID_VALUE,
                    "the name of a " + kind.words()
                            + " has 1 to 128 of A-Z, a-z, 0-9, ., _ and -, and begins and ends with a letter or digit; write one such as DB_HOST");
        }
        if (set.content().size() > kind.most()) {
            throw KnitException.at(
                    kind == Value.Kind.REGISTRY ? "/password" : "/value",
                    ErrorCode.INVALID_VALUE,
                    "this has " + set.content().size() + " bytes, and a " + kind.words() + " at most " + kind.most());
        }
        boolean text = set.content().text().filter(it -> it.indexOf('\0') < 0).isPresent();
        if (kind == Value.Kind.VAR && !text) {
            throw KnitException.at(
                    "/value",
                    ErrorCode.INVALID_VALUE,
                    "a variable is text in UTF-8 without zero bytes; other bytes can be a file or a secret");
        }
    }

    private static void checkRoom(ClusterState state, Command.SetValue set, @Nullable KnownValue before) {
        Value.Kind kind = set.kind();
        if (before == null && state.values().of(kind).size() >= MOST) {
            throw new KnitException(
                    ErrorCode.IN_USE,
                    "there are " + MOST + " of this kind (" + kind.words()
                            + "), which is all the server keeps; remove what nobody uses");
        }
        long others =
                state.values().kept().mapToLong(each -> each.value().bytes()).sum()
                        - (before == null ? 0 : before.value().bytes());
        if (others + set.content().size() > MOST_BYTES) {
            throw new KnitException(
                    ErrorCode.IN_USE,
                    "with this, variables, secrets and files had more than " + (MOST_BYTES >> 20)
                            + " MiB together, which is all the server keeps; remove what nobody uses");
        }
    }

    public static Decision<Value> remove(ClusterState state, Command.RemoveValue remove) {
        KnownValue known = state.values().get(remove.kind(), remove.name());
        if (known == null) {
            throw unknown(remove.kind());
        }
        return new Decision<>(List.of(new Change.RemoveValue(remove.kind(), remove.name())), known.value());
    }

    /** Where a name leads to none. */
    public static KnitException unknown(Value.Kind kind) {
        return new KnitException(
                ErrorCode.NOT_FOUND, "there is no such " + kind.words() + "; GET /" + kind.plural() + " lists all");
    }

    /**
     * Seals with the first key what is sealed with another.
     *
     * @throws KnitException with {@code SECRETS_LOCKED} if something does not open: then nothing is sealed anew
     */
    public static Decision<Value.Rotation> rotate(ClusterState state, Sealing sealing) {
        if (sealing.keys().isEmpty()) {
            throw new KnitException(
                    ErrorCode.SECRETS_LOCKED, "the server has no key for secrets; the first one that is set makes it");
        }
        String first = sealing.keys().first();
        List<Change> changes = new ArrayList<>();
        for (KnownValue known : state.values().all().values()) {
            if (known.isSealed() && !known.key().equals(first)) {
                changes.add(new Change.PutValue(anew(known, sealing)));
            }
        }
        for (OlderValue older : state.values().older().values()) {
            if (older.known().isSealed() && !older.known().key().equals(first)) {
                changes.add(new Change.KeepValue(new OlderValue(anew(older.known(), sealing), older.readers())));
            }
        }
        int passwords = Passwords.of(state).open();
        Value.Rotation rotation = new Value.Rotation(first, changes.size() + passwords);
        if (passwords > 0) {
            changes.add(new Change.SealPasswords());
        }
        return new Decision<>(changes, rotation);
    }

    private static KnownValue anew(KnownValue known, Sealing sealing) {
        return sealing.seal(known.value(), sealing.open(known));
    }
}
