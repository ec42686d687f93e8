package io.knit.core.server;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.core.server.command.Commands;
import io.knit.core.server.documents.PasswordSeal;
import io.knit.core.server.history.Cause;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.value.KeyRing;
import io.knit.core.server.value.KeySource;
import io.knit.core.server.value.Passwords;
import io.knit.core.server.value.Sealing;
import io.knit.core.server.writer.StateWriter;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys in use, and when they change: one change after the other, and each asks anew, when its turn comes, whether it is still wanted. Of two keys that
 * were made at the same moment one would be kept, and the other have sealed. A server without the right ones does all but what takes them. Thread-safe.
 */
final class SecretKeys implements PasswordSeal {
    private static final Logger LOG = LoggerFactory.getLogger(SecretKeys.class);
    private static final int CHANCE = 50;

    private final Loop loop;
    private final KeySource source;
    private final IdSource chance;
    private volatile KeyRing ring = KeyRing.NONE;
    /** Why there are none; empty: none were needed yet. */
    private volatile String fault = "";
    /** The end of the line of changes; guarded by this. */
    private Future<?> last = Future.succeededFuture();

    /** @param chance what nobody can guess */
    SecretKeys(Loop loop, KeySource source, IdSource chance) {
        this.loop = loop;
        this.source = source;
        this.chance = chance;
    }

    /** Reads what is there; what is wrong is kept for who needs them. */
    Future<Void> read() {
        return inLine(() -> change(source::read)).recover(e -> {
            fault = String.valueOf(e.getMessage());
            LOG.error("Secrets can't be opened: {}; everything else goes on", fault);
            return Future.succeededFuture();
        });
    }

    /** Once all that was asked for before has ended, however it did. Never within the end of another: any number may wait. */
    private synchronized Future<Void> inLine(Supplier<Future<Void>> asked) {
        Future<Void> turn = last.transform(before -> loop.bring(asked.get()));
        last = turn;
        return turn;
    }

    /** Only in its turn. */
    private Future<Void> change(Callable<KeyRing> work) {
        return loop.blocking(() -> {
                    try {
                        return work.call();
                    } catch (IOException e) {
                        throw new KnitException(
                                ErrorCode.SECRETS_LOCKED,
                                "the keys of secrets can't be read or written (" + e + "); let the server do so",
                                e);
                    }
                })
                .map(now -> {
                    ring = now;
                    return null;
                });
    }

    /** Those that another has read. */
    void takeOver(SecretKeys other) {
        ring = other.ring;
        fault = other.fault;
    }

    /** For one decision, or one commit. */
    Sealing sealing() {
        return new Sealing(ring, chance.next(CHANCE));
    }

    @Override
    public Future<Sealing> present() {
        return Future.succeededFuture(sealing());
    }

    @Override
    public Future<Sealing> made(ClusterState state) {
        if (!ring.isEmpty() || !fault.isEmpty() || !lacking(state).isEmpty()) {
            return present();
        }
        return making(() -> state).transform(made -> {
            if (made.failed()) {
                LOG.error(
                        "Passwords of registries stay in clear in the store, for no key can be made: {}",
                        made.cause().getMessage());
            }
            return present();
        });
    }

    /**
     * What a command needs of keys before it is decided.
     *
     * @param newest the state as it is when it is asked for
     */
    Future<Void> readyFor(Command<?> command, Supplier<ClusterState> newest) {
        if (command instanceof Command.RotateSecrets) {
            return renewing(newest);
        }
        return seals(command) && ring.isEmpty() ? making(newest) : Future.succeededFuture();
    }

    private Future<Void> renewing(Supplier<ClusterState> newest) {
        return inLine(() -> {
            Set<String> lacking = lackingSecrets(newest.get());
            KeyRing before = ring;
            return lacking.isEmpty() && fault.isEmpty()
                    ? change(() -> opening(newest.get(), source.renew(before, key())))
                    : Future.failedFuture(locked(lacking));
        });
    }

    /** What others gave in a file of theirs may be without a key that something is sealed with; the one of before stays in use then. */
    private KeyRing opening(ClusterState state, KeyRing now) {
        Set<String> lacking = new TreeSet<>(names(state));
        lacking.retainAll(ring.names());
        lacking.removeAll(now.names());
        if (!lacking.isEmpty()) {
            throw new KnitException(
                    ErrorCode.SECRETS_LOCKED,
                    "secrets are sealed with " + String.join(", ", lacking)
                            + ", which is not among the keys that are given any more; write the new key above that one, and ask again");
        }
        return now;
    }

    private Future<Void> making(Supplier<ClusterState> newest) {
        return inLine(() -> {
            if (!ring.isEmpty()) {
                return Future.succeededFuture();
            }
            Set<String> lacking = lacking(newest.get());
            return lacking.isEmpty() && fault.isEmpty()
                    ? change(() -> source.make(key()))
                    : Future.failedFuture(locked(lacking));
        });
    }

    private static boolean seals(Command<?> command) {
        return command instanceof Command.SetValue set && set.kind().isSealed()
                || command instanceof Command.Deploy deploy && deploy.spec().registryAuth() != null;
    }

    private byte[] key() {
        return KeyRing.keyOf(chance.next(CHANCE));
    }

    private Set<String> lackingSecrets(ClusterState state) {
        Set<String> lacking = new TreeSet<>();
        state.values()
                .kept()
                .filter(known -> known.isSealed() && !ring.names().contains(known.key()))
                .forEach(known -> lacking.add(known.key()));
        return lacking;
    }

    private Set<String> lacking(ClusterState state) {
        Set<String> lacking = lackingSecrets(state);
        lacking.addAll(Passwords.of(state).locked());
        return lacking;
    }

    /** The names of all that what is stored is sealed with. */
    List<String> names(ClusterState state) {
        Passwords passwords = Passwords.of(state);
        Set<String> names = new TreeSet<>(passwords.locked());
        state.values().kept().filter(KnownValue::isSealed).forEach(known -> names.add(known.key()));
        if (passwords.open() > 0 && !ring.isEmpty()) {
            names.add(ring.first());
        }
        return List.copyOf(names);
    }

    private KnitException locked(Set<String> lacking) {
        return new KnitException(
                ErrorCode.SECRETS_LOCKED,
                fault.isEmpty()
                        ? "secrets are sealed with " + String.join(", ", lacking)
                                + ", and the server has no such key; bring back secrets.key, or give the keys by --secrets-key-file, and"
                                + " start it again"
                        : fault);
    }

    /**
     * After a command: what is sealed with the newest key alone needs no other.
     *
     * @param answer what was told
     * @param newest the committed state as it is when it is asked for
     */
    void after(Object answer, Supplier<ClusterState> newest) {
        if (answer instanceof Value.Rotation) {
            settle(newest);
        }
    }

    private void settle(Supplier<ClusterState> newest) {
        inLine(() -> {
                    KeyRing present = ring;
                    // where another rotation made a key meanwhile, what that is to seal anew still takes those before
                    return isSettled(newest.get()) ? change(() -> source.settle(present)) : Future.succeededFuture();
                })
                .onFailure(e -> LOG.warn("The older keys of secrets are kept: {}", e.getMessage()));
    }

    private boolean isSettled(ClusterState state) {
        return !ring.isEmpty()
                && state.values()
                        .kept()
                        .filter(KnownValue::isSealed)
                        .allMatch(known -> known.key().equals(ring.first()));
    }

    /** Says what is missing; seals with the newest key what is under an older one. Passwords were sealed anew when they were read. */
    void began(StateWriter writer) {
        ClusterState state = writer.committed();
        Set<String> lacking = lackingSecrets(state);
        Set<String> locked = Passwords.of(state).locked();
        if (!locked.isEmpty()) {
            LOG.error(
                    "Passwords of registries are sealed with {}, and do not open without; what runs runs on, and images that need"
                            + " them can't be fetched until the key is there, or they are deployed with the password anew",
                    String.join(", ", locked));
        }
        if (!lacking.isEmpty() && fault.isEmpty()) {
            LOG.error(
                    "{}; everything else goes on, and what reads secrets waits",
                    locked(lacking).getMessage());
        } else if (lacking.isEmpty() && isSettled(state) && ring.names().size() > 1) {
            settle(writer::committed);
        } else if (lacking.isEmpty() && !ring.isEmpty() && !isSettled(state)) {
            Command.RotateSecrets command = new Command.RotateSecrets();
            writer.submit(
                            Cause.of(command, Caller.PROGRAM),
                            tip -> Commands.decide(command, Caller.PROGRAM, tip, loop.now(), sealing()))
                    .map(answer -> answer.from(writer.committed()))
                    .onSuccess(done -> {
                        LOG.info(
                                "{} secrets were sealed anew with the key {}; those before it are not needed any more",
                                done.sealed(),
                                done.key());
                        after(done, writer::committed);
                    })
                    .onFailure(e -> LOG.error("Secrets can't be sealed anew: {}", e.getMessage()));
        }
    }
}
