package io.knit.core.agent.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.core.wire.SealedPassword;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PullAuthTest {
    private static final RegistryAuth LOCKED = new RegistryAuth("me", new SealedPassword("0a1b2c3d", "Ym94").text());

    private final List<ImageRequest> asked = new ArrayList<>();

    private Future<String> pull(@Nullable RegistryAuth auth, Future<String> result) {
        return PullAuth.with("registry.example/web:1", PullPolicy.ALWAYS, auth, request -> {
            asked.add(request);
            return result;
        });
    }

    @Test
    @DisplayName("a password that the server can't open goes to no registry, and the failure says which key is missing")
    void locked() {
        Future<String> refused = pull(
                LOCKED, Future.failedFuture(new KnitException(ErrorCode.IMAGE_UNAVAILABLE, "the registry refused")));
        assertThat(asked).extracting(ImageRequest::auth).containsOnlyNulls();
        assertThat(refused.cause())
                .hasMessageStartingWith("the registry refused; ")
                .hasMessageContaining("without the key 0a1b2c3d")
                .hasMessageNotContaining("Ym94");
    }

    @Test
    @DisplayName("what is there serves without it, and other failures stay as they are")
    void others() {
        assertThat(pull(LOCKED, Future.succeededFuture("there")).result()).isEqualTo("there");
        KnitException away = new KnitException(ErrorCode.RUNTIME_UNAVAILABLE, "no engine");
        assertThat(pull(LOCKED, Future.failedFuture(away)).cause()).isSameAs(away);
        RegistryAuth open = new RegistryAuth("me", "s3cret");
        assertThat(pull(open, Future.failedFuture(away)).cause()).isSameAs(away);
        assertThat(asked.get(2).auth()).isEqualTo(open);
    }
}
