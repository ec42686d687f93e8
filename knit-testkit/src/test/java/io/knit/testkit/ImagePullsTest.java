package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.core.agent.part.PartImages;
import io.knit.core.agent.pull.ImagePulls;
import io.knit.core.agent.pull.Logins;
import io.knit.core.wire.SealedPassword;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
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

    private static final PulledImage HERE = new PulledImage("there");
    private static final String ONE = "sha256:" + "1".repeat(64);
    private static final String TWO = "sha256:" + "2".repeat(64);

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final List<ImageRequest> asked = new ArrayList<>();
    private final List<String> logins = new ArrayList<>();
    private final List<String> fetched = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private String pin = "";
    private boolean serverAway;
    private Logins.Login login = new Logins.Login(KEPT, "");

    private Future<PulledImage> pull(
            PullPolicy policy, @Nullable RegistryAuth auth, List<Future<PulledImage>> results) {
        return fetch("registry.example/web:1", policy, auth, results).map(ImagePulls.Fetched::pulled);
    }

    private Future<ImagePulls.Fetched> fetch(
            String image, PullPolicy policy, @Nullable RegistryAuth auth, List<Future<PulledImage>> results) {
        ImagePulls images = new ImagePulls(
                loop,
                registry -> {
                    logins.add(registry);
                    return Future.succeededFuture(login);
                },
                (instance, digest) -> {
                    told.add(digest == null ? "?" : digest);
                    if (pin.isEmpty() && digest != null) {
                        pin = digest;
                    }
                    return Future.succeededFuture(serverAway ? "" : pin);
                },
                fetched::add);
        Future<ImagePulls.Fetched> pulled = images.pull("web-0-abc", image, policy, auth, request -> {
            asked.add(request);
            return results.get(asked.size() - 1);
        });
        while (queue.step()) {
            // until nothing is left to do
        }
        return pulled;
    }

    private static List<Future<PulledImage>> fails(KnitException why) {
        return Collections.nCopies(3, Future.failedFuture(why));
    }

    private static Future<PulledImage> is(String digest) {
        return Future.succeededFuture(new PulledImage("", false, digest));
    }

    @Test
    @DisplayName("a password that the server can't open goes to no registry, and the failure says which key is missing")
    void locked() {
        Future<PulledImage> refused = pull(PullPolicy.ALWAYS, LOCKED, fails(REFUSED));
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
        assertThat(pull(PullPolicy.ALWAYS, LOCKED, List.of(Future.failedFuture(REFUSED), Future.succeededFuture(HERE)))
                        .result())
                .isEqualTo(HERE);
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
        assertThat(asked).extracting(ImageRequest::policy).containsExactly(PullPolicy.NEVER, PullPolicy.MISSING);
        assertThat(asked).extracting(ImageRequest::auth).containsExactly(null, OPEN);
        assertThat(logins).isEmpty();
    }

    @Test
    @DisplayName("nobody is asked for the sake of an image that is there, or may not be pulled")
    void present() {
        assertThat(pull(PullPolicy.MISSING, null, List.of(Future.succeededFuture(HERE)))
                        .result())
                .isEqualTo(HERE);
        asked.clear();
        assertThat(pull(PullPolicy.NEVER, null, fails(REFUSED)).cause()).isSameAs(REFUSED);
        assertThat(asked).hasSize(1);
        assertThat(logins).isEmpty();
    }

    @Test
    @DisplayName("one that is not there is pulled as who answers for its registry")
    void missing() {
        Future<PulledImage> pulled =
                pull(PullPolicy.MISSING, null, List.of(Future.failedFuture(REFUSED), Future.succeededFuture(HERE)));
        assertThat(pulled.result()).isEqualTo(HERE);
        assertThat(logins).containsExactly("registry.example");
        assertThat(asked.get(1)).isEqualTo(new ImageRequest("registry.example/web:1", PullPolicy.MISSING, KEPT));
    }

    @Test
    @DisplayName("one that is always pulled is so each time as who answers then")
    void always() {
        pull(PullPolicy.ALWAYS, null, List.of(Future.succeededFuture(HERE), Future.succeededFuture(HERE)));
        assertThat(asked.get(1)).isEqualTo(new ImageRequest("registry.example/web:1", PullPolicy.ALWAYS, KEPT));
        assertThat(fetched).as("it was there before, whoever has it from where").isEmpty();
        asked.clear();
        pull(PullPolicy.ALWAYS, null, List.of(is(ONE), is(TWO), is(TWO)));
        assertThat(fetched).as("the tag was, its image was not").containsExactly("registry.example/web:1@" + TWO);
        fetched.clear();
        pin = "";
        asked.clear();
        pull(PullPolicy.ALWAYS, null, List.of(Future.failedFuture(REFUSED), Future.succeededFuture(HERE)));
        assertThat(fetched).containsExactly("registry.example/web:1");
    }

    @Test
    @DisplayName("where nobody can say as whom, it is tried without, and a failure says so")
    void unknown() {
        login = new Logins.Login(null, "nobody answered");
        Future<PulledImage> refused = pull(PullPolicy.ALWAYS, null, fails(REFUSED));
        assertThat(refused.cause()).hasMessage("it is not there; nobody answered");
        assertThat(asked).extracting(ImageRequest::auth).containsOnlyNulls();
    }

    @Test
    @DisplayName("the first to have it says which it is, and its container is of just that")
    void first() {
        ImagePulls.Fetched fetched =
                fetch("web:1", PullPolicy.MISSING, null, List.of(is(ONE))).result();
        assertThat(fetched.image()).isEqualTo("web:1@" + ONE);
        assertThat(told).containsExactly(ONE);
        assertThat(asked).extracting(ImageRequest::policy).containsExactly(PullPolicy.NEVER);
    }

    @Test
    @DisplayName("who has another by that name fetches the one that was taken")
    void other() {
        pin = ONE;
        ImagePulls.Fetched fetched = fetch(
                        "web:1", PullPolicy.MISSING, null, List.of(is(TWO), Future.failedFuture(REFUSED), is(ONE)))
                .result();
        assertThat(fetched.image()).isEqualTo("web:1@" + ONE);
        assertThat(asked).extracting(ImageRequest::image).containsExactly("web:1", "web:1@" + ONE, "web:1@" + ONE);
        assertThat(logins).as("for the pull alone").containsExactly("docker.io");
    }

    @Test
    @DisplayName("who has none asks first, and pulls what the tag is only if nobody said one")
    void none() {
        pin = ONE;
        assertThat(fetch("web:1", PullPolicy.ALWAYS, null, List.of(is(TWO), is(ONE), is(ONE)))
                        .result()
                        .image())
                .isEqualTo("web:1@" + ONE);
        assertThat(told).containsExactly("?");
        assertThat(asked.get(2)).isEqualTo(new ImageRequest("web:1@" + ONE, PullPolicy.ALWAYS, KEPT));
        asked.clear();
        told.clear();
        pin = "";
        assertThat(fetch("web:1", PullPolicy.MISSING, null, List.of(Future.failedFuture(REFUSED), is(TWO)))
                        .result()
                        .image())
                .isEqualTo("web:1@" + TWO);
        assertThat(told).containsExactly("?", TWO);
    }

    @Test
    @DisplayName("another that was taken while this one was on its way is fetched after it")
    void meanwhile() {
        ImagePulls images = new ImagePulls(
                loop,
                registry -> Future.succeededFuture(login),
                (instance, digest) -> Future.succeededFuture(digest == null ? "" : ONE),
                fetched::add);
        List<String> pulled = new ArrayList<>();
        Future<ImagePulls.Fetched> last = images.pull("web-0-abc", "web:1", PullPolicy.ALWAYS, null, request -> {
            pulled.add(request.image());
            return request.policy() == PullPolicy.NEVER
                    ? Future.failedFuture(REFUSED)
                    : is(request.image().contains("@") ? ONE : TWO);
        });
        while (queue.step()) {
            // until nothing is left to do
        }
        assertThat(last.result().image()).isEqualTo("web:1@" + ONE);
        assertThat(pulled).containsExactly("web:1", "web:1", "web:1@" + ONE, "web:1@" + ONE);
        assertThat(fetched).containsExactly("web:1", "web:1@" + TWO, "web:1@" + ONE);
    }

    @Test
    @DisplayName("nothing is asked of an image that is of no registry, is never pulled, or says itself which it is")
    void unpinned() {
        assertThat(fetch("web:1", PullPolicy.MISSING, null, List.of(is("")))
                        .result()
                        .image())
                .isEqualTo("web:1");
        asked.clear();
        assertThat(fetch("web:1", PullPolicy.NEVER, null, List.of(is(ONE)))
                        .result()
                        .image())
                .isEqualTo("web:1");
        asked.clear();
        assertThat(fetch("web:1@" + TWO, PullPolicy.MISSING, null, List.of(is(TWO)))
                        .result()
                        .image())
                .isEqualTo("web:1@" + TWO);
        assertThat(told).isEmpty();
    }

    @Test
    @DisplayName("while the server does not answer, what is there serves")
    void away() {
        serverAway = true;
        assertThat(fetch("web:1", PullPolicy.MISSING, null, List.of(is(TWO)))
                        .result()
                        .image())
                .isEqualTo("web:1");
    }

    @Test
    @DisplayName("an image that its registry has no more by that digest: the words say what takes another")
    void gone() {
        pin = ONE;
        assertThat(fetch("web:1", PullPolicy.ALWAYS, null, fails(REFUSED)).cause())
                .hasMessage(
                        "it is not there; all instances of a revision run the same image; knit restart --pull takes what web:1 is now");
    }

    @Test
    @DisplayName(
            "the login that a spec gives is told to the main image's registry alone, whatever images its parts are of")
    void parts() {
        ImagePulls images = new ImagePulls(
                loop,
                registry -> {
                    logins.add(registry);
                    return Future.succeededFuture(login);
                },
                (instance, digest) -> Future.succeededFuture(pin),
                fetched::add);
        Future<Void> all = new PartImages(
                        "web-0-abc",
                        "registry.example/web:1",
                        PullPolicy.ALWAYS,
                        OPEN,
                        List.of(
                                new PartImages.Part("registry.example/tool:1", ""),
                                new PartImages.Part("elsewhere.example/tool:1", ""),
                                new PartImages.Part("tool:1", "linux/arm64")))
                .fetch(images, request -> {
                    asked.add(request);
                    return Future.succeededFuture(HERE);
                });
        while (queue.step()) {
            // until nothing is under way
        }
        assertThat(all.succeeded()).isTrue();
        assertThat(asked.stream().filter(it -> it.policy() == PullPolicy.ALWAYS))
                .containsExactly(
                        new ImageRequest("registry.example/tool:1", PullPolicy.ALWAYS, OPEN),
                        new ImageRequest("elsewhere.example/tool:1", PullPolicy.ALWAYS, KEPT),
                        new ImageRequest("tool:1", PullPolicy.ALWAYS, KEPT, "linux/arm64"));
        assertThat(logins).containsExactly("elsewhere.example", "docker.io");
    }
}
