package io.knit.plugin.nats.broker.access;

import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A fixed list of users, by token, by name and password, or by nkey. Passwords may be given as bcrypt hashes
 * ({@code $2a$}, {@code $2b$}, {@code $2y$}). Immutable and thread-safe.
 *
 * <p>Checking a bcrypt hash takes as long as its cost says, some 100 ms at 11: it is done on a few threads of its own, which end when there is
 * nothing to check. Once one user has a bcrypt hash, every name and password costs the same time, known or not.
 */
public final class Accounts implements Authenticator {
    private static final User NOBODY =
            new User("", Permissions.builder().publish().subscribe().build());

    private final Map<String, Account> users;
    private final Map<String, User> keys;
    private final @Nullable Account token;
    private final Optional<User> defaultUser;
    private final Account unknown;
    private final SlowChecks slow;

    private Accounts(Builder builder) {
        this.users = Map.copyOf(builder.users);
        this.keys = Map.copyOf(builder.keys);
        this.token = builder.token;
        this.defaultUser = builder.defaultUser();
        this.unknown = new Account(Secret.unknown(builder.highestCost()), NOBODY);
        this.slow = new SlowChecks();
    }

    /** A list with nobody in it. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public boolean takesKeys() {
        return !keys.isEmpty();
    }

    @Override
    public Optional<User> defaultUser() {
        return defaultUser;
    }

    // the order is nats-server's: a proven key counts before a token, a token before a name
    @Override
    public Future<Optional<User>> authenticate(Claim claim) {
        if (!claim.key().isEmpty()) {
            return Future.succeededFuture(Optional.ofNullable(keys.get(claim.key())));
        }
        if (claim.isEmpty()) {
            return Future.succeededFuture(defaultUser);
        }
        if (token != null && !claim.token().isEmpty()) {
            return check(token, claim.token());
        }
        return check(users.getOrDefault(claim.user(), unknown), claim.password());
    }

    private Future<Optional<User>> check(Account account, String given) {
        int work = unknown.secret().cost();
        if (work == 0) {
            return Future.succeededFuture(account.check(given));
        }
        return slow.run(() -> {
            Optional<User> answer = account.check(given);
            if (account.secret().cost() == 0) {
                unknown.check(given); // so that the time does not tell which users there are
            }
            return answer;
        });
    }

    /** A user with what it must know. */
    private record Account(Secret secret, User user) {
        Optional<User> check(String given) {
            return secret.matches(given) ? Optional.of(user) : Optional.empty();
        }
    }

    /** Collects users. Not thread-safe. */
    public static final class Builder {
        private static final String TOKEN_USER = "token";

        private final Map<String, Account> users = new HashMap<>();
        private final Map<String, User> keys = new HashMap<>();
        private @Nullable Account token;
        private @Nullable String defaultName;

        private Builder() {}

        /** Who knows the token may do everything, as the user {@code token}. It may be given as a bcrypt hash. */
        public Builder token(String token) {
            this.token = new Account(Secret.of(token), new User(TOKEN_USER, Permissions.ALL));
            return this;
        }

        /**
         * A user with a password.
         *
         * @param password the password or a bcrypt hash of it
         * @throws IllegalArgumentException if there is such a user already, or a name or password is empty
         */
        public Builder user(String name, String password, Permissions permissions) {
            return user(name, password, permissions, Limits.NONE);
        }

        /** As {@link #user(String, String, Permissions)}, for a user who may take so much of the broker only. */
        public Builder user(String name, String password, Permissions permissions, Limits limits) {
            Account account = new Account(Secret.of(password), new User(named(name), permissions, limits));
            if (users.putIfAbsent(name, account) != null) {
                throw new IllegalArgumentException(
                        "there are two users named " + name + "; give each a name of its own");
            }
            return this;
        }

        /**
         * A user that proves to own an nkey.
         *
         * @param publicKey the public key, {@code U…}
         * @param name what the user is called; several keys may have one name
         * @throws IllegalArgumentException if it is no user's public key, or was given already
         */
        public Builder nkey(String publicKey, String name, Permissions permissions) {
            return nkey(publicKey, name, permissions, Limits.NONE);
        }

        /** As {@link #nkey(String, String, Permissions)}, for a user who may take so much of the broker only. */
        public Builder nkey(String publicKey, String name, Permissions permissions, Limits limits) {
            if (!Nkey.isUser(publicKey)) {
                // not repeated in the message: it may be the secret seed, given by mistake
                throw new IllegalArgumentException("the nkey of " + name
                        + " is no public key of a user; give the one that begins with U, never the seed (SU…)");
            }
            if (keys.putIfAbsent(publicKey, new User(named(name), permissions, limits)) != null) {
                throw new IllegalArgumentException("the nkey " + publicKey + " is given twice; remove one");
            }
            return this;
        }

        /** Which of the users a client is that gives no credentials; without it, such clients are sent away. */
        public Builder defaultUser(String name) {
            this.defaultName = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * @throws IllegalStateException if the default user is not among the users
         */
        public Accounts build() {
            return new Accounts(this);
        }

        private static String named(String name) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a user has no name; give it one");
            }
            return name;
        }

        private Optional<User> defaultUser() {
            if (defaultName == null) {
                return Optional.empty();
            }
            Account account = users.get(defaultName);
            if (account == null) {
                throw new IllegalStateException(
                        "the default user " + defaultName + " is not among the users; add it with user(…)");
            }
            return Optional.of(account.user());
        }

        private int highestCost() {
            Stream<Account> all = Stream.concat(users.values().stream(), Stream.ofNullable(token));
            return all.mapToInt(account -> account.secret().cost()).max().orElse(0);
        }
    }
}
