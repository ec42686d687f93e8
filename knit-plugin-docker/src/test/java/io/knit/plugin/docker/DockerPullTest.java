package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.PullProgress;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PullListener;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RequiresDocker
class DockerPullTest {
    private static final EngineAddress ENGINE = EngineAddress.parse(EngineAddress.DEFAULT);

    private final String name = "knit-pull-" + UUID.randomUUID().toString().substring(0, 8);
    private final DockerClient engine = new EngineClients(ENGINE).open();
    private DockerRuntime runtime;
    private FakeRegistry registry;
    private String image;

    @BeforeEach
    void open() throws IOException {
        runtime = new DockerRuntime(ENGINE, stallingAfter(Duration.ofSeconds(2)));
        registry = new FakeRegistry(TestImage.marked(name));
        image = registry.image(name, "1");
    }

    @AfterEach
    void close() {
        await(runtime.close());
        registry.close();
        try {
            engine.removeImageCmd(image).withForce(true).exec();
        } catch (NotFoundException e) {
            // this test pulled nothing
        }
        EngineClients.close(engine);
    }

    @Test
    void missingPullsOnceAndAlwaysPullsAlways() {
        assertThat(pull(PullPolicy.MISSING).note()).isEmpty();
        assertThat(engine.inspectImageCmd(image).exec().getRepoTags()).contains(image);
        assertThat(registry.pulls()).isEqualTo(1);
        assertThat(pull(PullPolicy.MISSING).note()).isEmpty();
        assertThat(registry.pulls()).isEqualTo(1);
        assertThat(pull(PullPolicy.ALWAYS).note()).isEmpty();
        assertThat(registry.pulls()).isEqualTo(2);
        assertThat(pull(PullPolicy.NEVER).note()).isEmpty();
        assertThat(registry.pulls()).isEqualTo(2);
    }

    @Test
    void anIdentityTokenIsShownToTheRegistrysServiceOfTokens() {
        registry.demandIdentity("refresh-55");
        KnitException refused = failure(
                runtime.pull(request(PullPolicy.ALWAYS, new RegistryAuth(RegistryAuth.IDENTITY_TOKEN, "guess-99"))));
        assertThat(refused.code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        assertThat(refused).hasMessageNotContaining("guess-99");
        await(runtime.pull(request(PullPolicy.ALWAYS, new RegistryAuth(RegistryAuth.IDENTITY_TOKEN, "refresh-55"))));
        assertThat(engine.inspectImageCmd(image).exec().getRepoTags()).contains(image);
    }

    @Test
    void oneThatWasSeenIsTakenToBeThereUntilACreationTellsOtherwise() {
        pull(PullPolicy.MISSING);
        pull(PullPolicy.MISSING);
        engine.removeImageCmd(image).withForce(true).exec();

        pull(PullPolicy.MISSING);
        assertThat(registry.pulls()).isEqualTo(1);
        KnitException gone = failure(runtime.create(
                new ContainerSpec(name, image, List.of("/mark"), List.of(), Map.of(), Map.of(), List.of(), List.of())));
        assertThat(gone.code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);

        pull(PullPolicy.MISSING);
        assertThat(registry.pulls()).isEqualTo(2);
        assertThat(engine.inspectImageCmd(image).exec().getRepoTags()).contains(image);
    }

    @Test
    void whatRunsGivesWayOnlyForAnImageThatIsLookedForAnew() {
        pull(PullPolicy.MISSING);
        pull(PullPolicy.MISSING);
        engine.removeImageCmd(image).withForce(true).exec();

        await(runtime.prepare(request(PullPolicy.MISSING, null)));
        assertThat(registry.pulls()).isEqualTo(2);
    }

    @Test
    void pullsOfOneImageAtOnceAreOne() {
        registry.hold();
        Future<PulledImage> first = runtime.pull(request(PullPolicy.ALWAYS, null));
        Future<PulledImage> second = runtime.pull(request(PullPolicy.ALWAYS, null));
        Awaitility.await().until(() -> registry.manifests() > 0);
        registry.release();
        await(first);
        await(second);
        assertThat(registry.pulls()).isEqualTo(1);
    }

    @Test
    void howFarItHasComeIsToldToTheEnd() {
        List<PullProgress> told = new CopyOnWriteArrayList<>();
        // an engine says the newest alone, and of a layer that comes in one go on a busy machine only that it is there
        registry.holdHalf();
        Future<PulledImage> pulled = runtime.pull(request(PullPolicy.ALWAYS, null), new PullListener() {
            @Override
            public void remark(String words) {
                throw new AssertionError(words);
            }

            @Override
            public void progressed(PullProgress progress) {
                told.add(progress);
            }
        });
        Awaitility.await().until(() -> !told.isEmpty());
        registry.release();
        await(pulled);
        PullProgress last = told.get(told.size() - 1);
        assertThat(last.size()).isPositive();
        assertThat(last.fetched()).isEqualTo(last.size());
    }

    @Test
    void wrongCredentialsFailEvenWhereTheImageIsPresentAndTellNoSecret() {
        registry.demand("user-77", "secret-88");
        assertThat(failure(runtime.pull(request(PullPolicy.ALWAYS, null))))
                .hasMessageContaining("does not give it without credentials");
        await(runtime.pull(request(PullPolicy.ALWAYS, new RegistryAuth("user-77", "secret-88"))));

        KnitException wrong =
                failure(runtime.pull(request(PullPolicy.ALWAYS, new RegistryAuth("user-77", "guess-99"))));
        assertThat(wrong.code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        assertThat(wrong)
                .hasMessageContaining(image)
                .hasMessageContaining("the registry refused the credentials")
                .hasStackTraceContaining("PullFailure");
        for (Throwable at = wrong; at != null; at = at.getCause()) {
            assertThat(String.valueOf(at.getMessage()))
                    .doesNotContain("user-77")
                    .doesNotContain("guess-99");
        }
    }

    @Test
    void anUnknownImageIsSaidToBeUnknown() {
        KnitException unknown =
                failure(runtime.pull(new ImageRequest(registry.image(name, "nosuch"), PullPolicy.MISSING, null)));
        assertThat(unknown.code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        assertThat(unknown)
                .hasMessageContaining("the registry does not know it")
                .hasMessageEndingWith("it is not on this node either: knit image push gives it what no registry has");
    }

    @Test
    void whereTheRegistryIsAwayAPresentImageServesWithANote() {
        pull(PullPolicy.MISSING);
        registry.close();
        assertThat(pull(PullPolicy.ALWAYS).note())
                .startsWith("the registry could not be reached (")
                .endsWith("); the image present on the node is used");
    }

    @Test
    void whereTheRegistryIsAwayAnAbsentImageCanNotBeHad() {
        registry.close();
        for (PullPolicy policy : new PullPolicy[] {PullPolicy.ALWAYS, PullPolicy.MISSING}) {
            KnitException away = failure(runtime.pull(request(policy, null)));
            assertThat(away.code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
            assertThat(away).hasMessageContaining("the registry could not be reached");
        }
    }

    @Test
    void neverDoesNotAskTheRegistry() {
        KnitException absent = failure(runtime.pull(request(PullPolicy.NEVER, null)));
        assertThat(absent.code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        assertThat(absent).hasMessageContaining("pull: never");
        assertThat(registry.pulls()).isZero();
    }

    @Test
    void aRegistryThatStallsIsGivenUp() {
        registry.hold();
        KnitException stalled = failure(runtime.pull(request(PullPolicy.MISSING, null)));
        assertThat(stalled.code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        assertThat(stalled).hasMessageContaining("no progress for 2 s");
    }

    private PulledImage pull(PullPolicy policy) {
        return await(runtime.pull(request(policy, null)));
    }

    private ImageRequest request(PullPolicy policy, @Nullable RegistryAuth auth) {
        return new ImageRequest(image, policy, auth);
    }

    private static Deadlines stallingAfter(Duration stall) {
        Deadlines usual = Deadlines.defaults();
        return new Deadlines(
                usual.read(),
                usual.create(),
                usual.start(),
                usual.removeMargin(),
                usual.pull(),
                stall,
                usual.queue(),
                usual.factsAge(),
                usual.reconnect());
    }
}
