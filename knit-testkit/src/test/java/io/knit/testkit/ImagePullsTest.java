package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.core.agent.pull.ImagePulls;
import io.knit.core.agent.pull.Logins;
import io.knit.core.wire.SealedPassword;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** As whom images are fetched, and when somebody is asked for it. */
class ImagePullsTest {
    private static final RegistryAuth LOCKED = new RegistryAuth("me", new SealedPassword("0a1b2c3d", "Ym94").text());
    private static final RegistryAuth OPEN = new RegistryAuth("me", "s3cret");
    private static final RegistryAuth KEPT = new RegistryAuth("ci", "t0ken");
    private static final KnitException REFUSED = new KnitException(ErrorCode.IMAGE_UNAVAILABLE, "it is not there");

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final List<ImageRequest> asked = new ArrayList<>();
    private final List<String> logins = new ArrayList<>();
    private Logins.Login login = new Logins.Login(KEPT, "");

    private Future<String> pull(PullPolicy policy, @Nullable RegistryAuth auth, List<Future<String>> results) {
        ImagePulls images = new ImagePulls(loop, registry -> {
            logins.add(registry);
            return Future.succeededFuture(login);
        });
        Future<String> pulled = images.pull("registry.example/web:1", policy, auth, request -> {
            asked.add(request);
            return results.get(asked.size() - 1);
        });
        while (queue.step()) {
            // until nothing is left to do
        }
        return pulled;
    }

    private static List<Future<String>> fails(KnitException why) {
        return List.of(Future.failedFuture(why), Future.failedFuture(why));
    }

    @Test
    @DisplayName("a password that the server can't open goes to no registry, and the failure says which key is missing")
    void locked() {
        Future<String> refused = pull(PullPolicy.ALWAYS, LOCKED, fails(REFUSED));
        assertThat(asked).extracting(ImageRequest::auth).containsOnlyNulls();
        assertThat(refused.cause())
                .hasMessageStartingWith("it is not there; ")
                .hasMessageContaining("without the key 0a1b2c3d")
                .hasMessageNotContaining("Ym94");
        assertThat(logins).isEmpty();
    }

    @Test
    @DisplayName("what is there serves without it, and other failures stay as they are")
    void others() {
        assertThat(pull(PullPolicy.ALWAYS, LOCKED, List.of(Future.succeededFuture("there")))
                        .result())
                .isEqualTo("there");
        asked.clear();
        KnitException away = new KnitException(ErrorCode.RUNTIME_UNAVAILABLE, "no engine");
        assertThat(pull(PullPolicy.ALWAYS, LOCKED, fails(away)).cause()).isSameAs(away);
        asked.clear();
        assertThat(pull(PullPolicy.MISSING, null, fails(away)).cause()).isSameAs(away);
        assertThat(logins).isEmpty();
    }

    @Test
    @DisplayName("what the spec says goes first, and nobody is asked")
    void ofTheSpec() {
        pull(PullPolicy.MISSING, OPEN, fails(REFUSED));
        assertThat(asked).extracting(ImageRequest::auth).containsExactly(OPEN);
        assertThat(logins).isEmpty();
    }

    @Test
    @DisplayName("nobody is asked for the sake of an image that is there, or may not be pulled")
    void present() {
        assertThat(pull(PullPolicy.MISSING, null, List.of(Future.succeededFuture("there")))
                        .result())
                .isEqualTo("there");
        asked.clear();
        assertThat(pull(PullPolicy.NEVER, null, fails(REFUSED)).cause()).isSameAs(REFUSED);
        assertThat(asked).hasSize(1);
        assertThat(logins).isEmpty();
    }

    @Test
    @DisplayName("one that is not there is pulled as who answers for its registry")
    void missing() {
        Future<String> pulled =
                pull(PullPolicy.MISSING, null, List.of(Future.failedFuture(REFUSED), Future.succeededFuture("pulled")));
        assertThat(pulled.result()).isEqualTo("pulled");
        assertThat(logins).containsExactly("registry.example");
        assertThat(asked.get(1)).isEqualTo(new ImageRequest("registry.example/web:1", PullPolicy.MISSING, KEPT));
    }

    @Test
    @DisplayName("one that is always pulled is so each time as who answers then")
    void always() {
        pull(PullPolicy.ALWAYS, null, List.of(Future.succeededFuture("pulled")));
        assertThat(asked).containsExactly(new ImageRequest("registry.example/web:1", PullPolicy.ALWAYS, KEPT));
    }

    @Test
    @DisplayName("where nobody can say as whom, it is tried without, and a failure says so")
    void unknown() {
        login = new Logins.Login(null, "nobody answered");
        Future<String> refused = pull(PullPolicy.ALWAYS, null, fails(REFUSED));
        assertThat(refused.cause()).hasMessage("it is not there; nobody answered");
        assertThat(asked).extracting(ImageRequest::auth).containsOnlyNulls();
    }
}
