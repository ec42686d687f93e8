package io.knit.plugin.nats.broker.access;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.KnitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountsFileTest {
    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("users.json"), text);
    }

    private static Optional<User> who(Accounts accounts, String user, String password) {
        return await(accounts.authenticate(new Claim("", "127.0.0.1:1", user, password, "", "")));
    }

    @Test
    @DisplayName("users with what they may do and take")
    void users() throws IOException {
        Accounts accounts = AccountsFile.read(file("""
                {"users": [
                  {"user": "ada", "password": "pw", "publish": ["orders.>"], "deny_publish": ["orders.secret"],
                   "subscribe": ["_INBOX.>", "jobs.> workers"], "responses": {"max": 3, "ttl": "10s"},
                   "limits": {"connections": 2, "subscriptions": 10, "pending": 4096, "operations": 100}},
                  {"user": "guest", "password": "g", "publish": [], "deny_subscribe": ["private.>"]}],
                 "default_user": "guest"}
                """));
        User ada = who(accounts, "ada", "pw").orElseThrow();
        assertThat(ada.permissions())
                .isEqualTo(Permissions.builder()
                        .publish("orders.>")
                        .denyPublish("orders.secret")
                        .subscribe("_INBOX.>", "jobs.> workers")
                        .responses(3, Duration.ofSeconds(10))
                        .build());
        assertThat(ada.limits()).isEqualTo(new Limits(2, 10, 4096, 100));
        assertThat(who(accounts, "ada", "g")).isEmpty();
        User guest = accounts.defaultUser().orElseThrow();
        assertThat(guest.name()).isEqualTo("guest");
        assertThat(guest.permissions().mayPublish("a")).isFalse();
        assertThat(guest.permissions().maySubscribe("private.x", "")).isFalse();
    }

    @Test
    @DisplayName("all that is wrong is told at once, by place, and nothing that might be a secret")
    void everythingWrong() throws IOException {
        Path file = file("""
                {"users": [
                  {"user": "ada", "password": "hush1", "publsh": ["a"], "publish": "b"},
                  {"password": "hush2"},
                  {"user": "both", "password": "hush3", "nkey": "SUAHUSH4"},
                  {"user": "key", "nkey": "SUAHUSH5"},
                  {"user": "sub", "password": "hush6", "subscribe": ["a..b"], "limits": {"pending": 3, "speed": 1}},
                  {"user": "time", "password": "hush7", "responses": {"ttl": "soon"}},
                  17],
                 "more": 1}
                """);
        assertThatThrownBy(() -> AccountsFile.read(file))
                .isInstanceOf(KnitException.class)
                .hasMessageContainingAll(
                        "users.json",
                        "/users/0: there is no field publsh; there are deny_publish",
                        "/users/0/publish: it is of another type",
                        "/users/1/user: give the user a name",
                        "/users/2: give either a password",
                        "/users/3: the nkey of key is no public key",
                        "/users/4/subscribe: ",
                        "/users/4/limits: there is no field speed",
                        "/users/4/limits: pending is 3",
                        "/users/5/responses/ttl: give a time like 30s",
                        "/users/6: it is of another type",
                        ": there is no field more")
                .message()
                .doesNotContainIgnoringCase("hush");
    }

    @Test
    void noSuchDefault() throws IOException {
        Path file = file("{\"users\": [], \"default_user\": \"nobody\"}");
        assertThatThrownBy(() -> AccountsFile.read(file))
                .hasMessageContaining("/default_user: the default user nobody");
    }

    @Test
    void noJson() throws IOException {
        Path file = file("hush");
        assertThatThrownBy(() -> AccountsFile.read(file))
                .hasMessageContaining("it is no JSON object")
                .message()
                .doesNotContain("hush");
        assertThatThrownBy(() -> AccountsFile.read(folder.resolve("none"))).hasMessageContaining("it can't be read");
    }
}
