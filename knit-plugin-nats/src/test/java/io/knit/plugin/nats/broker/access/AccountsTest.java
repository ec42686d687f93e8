package io.knit.plugin.nats.broker.access;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nats.client.NKey;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AccountsTest {
    private static final User PLAIN = new User("plain", Permissions.ALL);

    private static String bcrypt(String password, int cost) {
        byte[] salt = "sixteen bytes ok".getBytes(StandardCharsets.US_ASCII);
        return OpenBSDBCrypt.generate("2a", password.getBytes(StandardCharsets.UTF_8), salt, cost);
    }

    private static Claim claim(String user, String password) {
        return new Claim("", "127.0.0.1:1", user, password, "", "");
    }

    @Test
    @DisplayName("a bcrypt hash is never checked on the thread that asks, nor are other users once there is one")
    void slowPasswords() {
        Accounts accounts = Accounts.builder()
                .user("hashed", bcrypt("p", 8), Permissions.ALL)
                .user("plain", "p", Permissions.ALL)
                .build();
        for (Claim each : List.of(claim("hashed", "p"), claim("plain", "p"), claim("nobody", "p"))) {
            List<Future<Optional<User>>> answers = IntStream.range(0, 5)
                    .mapToObj(i -> accounts.authenticate(each))
                    .toList();
            assertThat(answers.get(4).isComplete())
                    .as("done by the thread that asks")
                    .isFalse();
            answers.forEach(answer ->
                    assertThat(await(answer).map(User::name).orElse("nobody")).isEqualTo(each.user()));
        }
    }

    @Test
    @DisplayName("passwords beyond ASCII, and long ones")
    void passwords() {
        String longest = "pässwörd".repeat(8);
        Accounts accounts = Accounts.builder()
                .user("hashed", bcrypt("pä", 4), Permissions.ALL)
                .user("plain", longest, Permissions.ALL)
                .build();
        assertThat(await(accounts.authenticate(claim("hashed", "pä")))).isPresent();
        assertThat(await(accounts.authenticate(claim("hashed", "pa")))).isEmpty();
        assertThat(await(accounts.authenticate(claim("plain", longest)))).contains(PLAIN);
        assertThat(await(accounts.authenticate(claim("plain", longest + "x")))).isEmpty();
    }

    @Test
    @DisplayName("who gives nothing is the default user, or nobody")
    void defaultUser() {
        Accounts.Builder builder = Accounts.builder().user("plain", "p", Permissions.ALL);
        assertThat(await(builder.build().authenticate(claim("", "")))).isEmpty();
        Accounts accounts = builder.defaultUser("plain").build();
        assertThat(await(accounts.authenticate(claim("", "")))).contains(PLAIN);
        assertThat(await(accounts.authenticate(claim("plain", "")))).isEmpty();
        assertThat(await(accounts.authenticate(claim("", "p")))).isEmpty();
        assertThat(accounts.defaultUser()).contains(PLAIN);
    }

    @Test
    @DisplayName("what makes no sense is refused, and no secret is in what is said of it")
    void refusals() throws Exception {
        Accounts.Builder builder = Accounts.builder().user("a", "p", Permissions.ALL);
        assertThatThrownBy(() -> builder.user("a", "q", Permissions.ALL)).hasMessageContaining("two users named a");
        assertThatThrownBy(() -> builder.user("", "q", Permissions.ALL)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.user("b", "", Permissions.ALL)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.token("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.user("b", "$2a$99$nonsense", Permissions.ALL))
                .hasMessageContaining("no bcrypt hash")
                .hasMessageNotContaining("nonsense");
        assertThatThrownBy(() -> builder.defaultUser("nobody").build()).isInstanceOf(IllegalStateException.class);
        NKey key = NKey.createUser(null);
        String seed = new String(key.getSeed());
        assertThatThrownBy(() -> builder.nkey(seed, "k", Permissions.ALL))
                .hasMessageContaining("no public key")
                .hasMessageNotContaining(seed);
        String account = new String(NKey.createAccount(null).getPublicKey());
        assertThatThrownBy(() -> builder.nkey(account, "k", Permissions.ALL)).hasMessageContaining("no public key");
        String publicKey = new String(key.getPublicKey());
        builder.nkey(publicKey, "k", Permissions.ALL);
        assertThatThrownBy(() -> builder.nkey(publicKey, "l", Permissions.ALL)).hasMessageContaining("twice");
        assertThat(builder.toString()).doesNotContain(seed);
    }

    @Test
    @DisplayName("an nkey's signature is right for its text and its key alone")
    void signatures() throws Exception {
        byte[] text = "nonce".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 20; i++) {
            NKey key = NKey.createUser(null);
            String id = new String(key.getPublicKey());
            byte[] signature = key.sign(text);
            assertThat(Nkey.isUser(id)).isTrue();
            assertThat(Nkey.signed(id, text, Base64.getUrlEncoder().encodeToString(signature)))
                    .isTrue();
            assertThat(Nkey.signed(
                            id, text, Base64.getEncoder().withoutPadding().encodeToString(signature)))
                    .isTrue();
            signature[i] ^= 1;
            assertThat(Nkey.signed(id, text, Base64.getEncoder().encodeToString(signature)))
                    .isFalse();
            String wrong = id.substring(0, 10) + (id.charAt(10) == 'A' ? 'B' : 'A') + id.substring(11);
            assertThat(Nkey.isUser(wrong)).isFalse();
        }
        assertThat(Nkey.isUser("")).isFalse();
        assertThat(Nkey.isUser("U".repeat(56))).isFalse();
        assertThat(Nkey.isUser("u".repeat(56))).isFalse();
        assertThat(Nkey.signed("x", text, "")).isFalse();
    }
}
