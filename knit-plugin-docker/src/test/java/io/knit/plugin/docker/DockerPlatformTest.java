package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Resources;
import io.knit.api.model.ScratchSpec;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.image.Emulation;
import io.knit.plugin.docker.image.PlatformCheck;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real engine: what is said of an image for another CPU before anything is stopped for it. */
class DockerPlatformTest extends RealEngineTest {
    @TempDir
    private Path emulators;

    private String foreign;
    private String mislabelled;

    /** One for this machine's own engine, whose kernel has the emulators of this folder. */
    static PlatformCheck check(Path emulators) {
        return new PlatformCheck(true, System.getProperty("os.version"), new Emulation(emulators));
    }

    @BeforeEach
    void load() throws IOException {
        foreign = engine.image + "-foreign";
        mislabelled = engine.image + "-mislabelled";
        load(TestImage.forAnotherCpu(), foreign);
        load(TestImage.mislabelled(), mislabelled);
        await(runtime.close());
        runtime = with(check(emulators));
    }

    private static void load(TestImage image, String name) throws IOException {
        engine.client
                .loadImageCmd(new ByteArrayInputStream(image.archive(name)))
                .exec();
    }

    @AfterEach
    void unload() {
        engine.client.removeImageCmd(foreign).withForce(true).exec();
        engine.client.removeImageCmd(mislabelled).withForce(true).exec();
    }

    private static DockerRuntime with(PlatformCheck check) {
        return new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults(), check);
    }

    private static final String OWN = "linux/" + TestImage.CPU;
    private static final String OTHER = "linux/" + TestImage.OTHER_CPU;

    private ContainerSpec made(String image, String platform) {
        return new ContainerSpec(
                engine.name("platform"),
                image,
                List.of("/bin/app"),
                List.of(),
                Map.of(),
                engine.labels("platform"),
                List.of(),
                List.of(),
                true,
                true,
                Resources.DEFAULT,
                ProcessSpec.DEFAULT.on(platform),
                IsolationSpec.DEFAULT,
                ScratchSpec.DEFAULT,
                NetworkSpec.DEFAULT,
                LogSpec.DEFAULT);
    }

    @Test
    void whatIsThereForAnotherPlatformIsNotTakenForIt() {
        assertThat(failure(runtime.pull(request(foreign).on(OWN))))
                .hasMessageContaining(foreign + " on the node is for " + OTHER + ", platform wants " + OWN);
        assertThat(failure(runtime.prepare(request(foreign).on(OWN))).code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        assertThat(await(runtime.pull(request(foreign).on(OTHER))).note()).isEmpty();
        assertThat(await(runtime.pull(request(engine.image).on(OWN))).note()).isEmpty();

        assertThat(failure(runtime.create(made(foreign, OWN))).code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        await(runtime.remove(await(runtime.create(made(foreign, OTHER))), Duration.ZERO));
        await(runtime.remove(await(runtime.create(made(foreign, ""))), Duration.ZERO));
    }

    private TestImage own() throws IOException {
        return TestImage.marked(engine.name("own"));
    }

    private TestImage another() throws IOException {
        return TestImage.marked(engine.name("another")).saying(TestImage.OTHER_CPU);
    }

    private String arch(String image) {
        return String.valueOf(engine.client.inspectImageCmd(image).exec().getArch());
    }

    @Test
    void ofAListEachPlatformIsPulledForItselfByTheListsDigest() throws IOException {
        try (FakeRegistry registry = new FakeRegistry(own(), another())) {
            String image = registry.image(engine.name("list"), "1");
            ImageRequest missing = new ImageRequest(image, PullPolicy.MISSING, null);
            try {
                for (String platform : List.of(OTHER, OWN, OTHER)) {
                    assertThat(await(runtime.pull(missing.on(platform))).digest())
                            .isEqualTo(registry.digest());
                    assertThat("linux/" + arch(image)).isEqualTo(platform);
                }
                assertThat(registry.pulls()).isGreaterThanOrEqualTo(3);
                long pulls = registry.pulls();
                await(runtime.pull(missing.on(OTHER)));
                assertThat(registry.pulls()).isEqualTo(pulls);

                String pinned = image + "@" + registry.digest();
                for (String platform : List.of(OWN, OTHER)) {
                    await(runtime.pull(new ImageRequest(pinned, PullPolicy.MISSING, null, platform)));
                    assertThat("linux/" + arch(pinned)).isEqualTo(platform);
                }
                assertThat(failure(runtime.pull(missing.on("linux/s390x"))))
                        .hasMessageContaining(image + " can't be had: its registry has none for this platform");
            } finally {
                engine.removeImagesOf(image);
            }
        }
    }

    @Test
    void whatWasPulledForANeighboursPlatformIsNotTakenWhereNoneIsAsked() throws IOException {
        try (FakeRegistry registry = new FakeRegistry(own(), another())) {
            String image = registry.image(engine.name("beside"), "1");
            String pinned = image + "@" + registry.digest();
            try {
                for (String name : List.of(image, pinned)) {
                    for (PullPolicy policy : List.of(PullPolicy.ALWAYS, PullPolicy.MISSING)) {
                        ImageRequest request = new ImageRequest(name, policy, null);
                        // the neighbour's tag moves the list's digest, too
                        await(runtime.pull(new ImageRequest(image, PullPolicy.ALWAYS, null, OTHER)));
                        assertThat("linux/" + arch(name)).isEqualTo(OTHER);

                        PulledImage pulled = await(runtime.pull(request));
                        assertThat("linux/" + arch(name))
                                .as("%s, %s", name, policy)
                                .isEqualTo(OWN);
                        assertThat(pulled).isEqualTo(new PulledImage("", pulled.checked(), registry.digest()));

                        long pulls = registry.pulls();
                        await(runtime.pull(new ImageRequest(name, PullPolicy.MISSING, null)));
                        assertThat(registry.pulls()).isEqualTo(pulls);
                    }
                }
            } finally {
                engine.removeImagesOf(image);
            }
        }
    }

    @Test
    void whereNoneIsAskedOneOfNoRegistryIsTakenAsItIs() throws IOException {
        try (FakeRegistry registry = new FakeRegistry(own())) {
            String image = registry.image(engine.name("loaded"), "1");
            try {
                load(another(), image);
                assertThat(await(runtime.pull(new ImageRequest(image, PullPolicy.MISSING, null))))
                        .isEqualTo(new PulledImage("", false, ""));
                assertThat(registry.manifests()).isZero();
                assertThat("linux/" + arch(image)).isEqualTo(OTHER);
            } finally {
                engine.removeImagesOf(image);
            }
        }
    }

    @Test
    void whereNoneIsAskedOneForAnotherCpuIsTakenIfThereIsNoOther() throws IOException {
        FakeRegistry registry = new FakeRegistry(another());
        String image = registry.image(engine.name("all"), "1");
        ImageRequest alone = new ImageRequest(image, PullPolicy.MISSING, null);
        try {
            await(runtime.pull(alone.on(OTHER)));
            assertThat(await(runtime.pull(alone)).note()).isEmpty();
            long asked = registry.manifests();
            assertThat(await(runtime.pull(alone)).note()).isEmpty();
            assertThat(registry.manifests()).isEqualTo(asked);
            assertThat("linux/" + arch(image)).isEqualTo(OTHER);

            // of a registry that has none of that name
            String repository = image.substring(0, image.lastIndexOf(':'));
            String pushed = repository + ":pushed";
            engine.client.tagImageCmd(image, repository, "pushed").exec();
            assertThat(await(runtime.pull(new ImageRequest(pushed, PullPolicy.MISSING, null)))
                            .note())
                    .isEmpty();
            registry.close();
            await(runtime.close());
            runtime = with(check(emulators));
            assertThat(await(runtime.pull(alone)).note())
                    .contains("the registry could not be reached")
                    .endsWith("the image present on the node is used, which is for " + OTHER);
            assertThat(await(runtime.pull(new ImageRequest(image, PullPolicy.ALWAYS, null)))
                            .note())
                    .endsWith("the image present on the node is used, which is for " + OTHER);
            assertThat(await(runtime.pull(new ImageRequest(image, PullPolicy.NEVER, null)))
                            .note())
                    .isEmpty();
        } finally {
            registry.close();
            engine.removeImagesOf(image);
        }
    }

    @Test
    void oneThatItsRegistryHasForAnotherPlatformAloneIsNotTaken() throws IOException {
        try (FakeRegistry registry = new FakeRegistry(another())) {
            String image = registry.image(engine.name("single"), "1");
            try {
                assertThat(failure(runtime.pull(new ImageRequest(image, PullPolicy.ALWAYS, null, OWN))))
                        .hasMessageContaining(
                                "is for " + OTHER + ", and its registry has none by that name for " + OWN);
                assertThat(await(runtime.pull(new ImageRequest(image, PullPolicy.ALWAYS, null, OTHER)))
                                .digest())
                        .isEqualTo(registry.digest());
            } finally {
                engine.removeImagesOf(image);
            }
        }
    }

    private static ImageRequest request(String image) {
        return new ImageRequest(image, PullPolicy.NEVER, null);
    }

    private void noEmulator() throws IOException {
        Files.writeString(emulators.resolve("status"), "enabled\n");
    }

    @Test
    void whatSurelyCantRunIsRefusedAndOnlyWhereItReplacesSomething() throws IOException {
        noEmulator();
        assertThat(failure(runtime.prepare(request(foreign))).code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        assertThat(failure(runtime.prepare(request(foreign))))
                .hasMessageContaining(
                        foreign + " is for " + TestImage.OTHER_CPU + ", and this node's CPU is " + TestImage.CPU)
                .hasMessageContaining("undeploy first");
        assertThat(await(runtime.pull(request(foreign))).note()).isEmpty();
        assertThat(await(runtime.prepare(request(engine.image))).note()).isEmpty();
    }

    @Test
    void whereAnEmulatorMayBeItIsARemarkThatStays() {
        assertThat(await(runtime.prepare(request(foreign))).note())
                .contains(foreign + " is for " + TestImage.OTHER_CPU)
                .endsWith("it runs only by an emulator");
        assertThat(await(runtime.pull(request(foreign))).note()).contains(TestImage.OTHER_CPU);
    }

    @Test
    void anEngineOnAnotherKernelIsNotJudgedByThisOne() throws IOException {
        noEmulator();
        for (PlatformCheck elsewhere : List.of(
                new PlatformCheck(true, "another", new Emulation(emulators)),
                new PlatformCheck(false, System.getProperty("os.version"), new Emulation(emulators)))) {
            DockerRuntime other = with(elsewhere);
            assertThat(await(other.prepare(request(foreign))).note()).contains(TestImage.OTHER_CPU);
            await(other.close());
        }
    }

    @Test
    void whatSaysTheSameOfItselfAndRunsProvesThatItCan() throws IOException {
        noEmulator();
        String id = await(runtime.create(new ContainerSpec(
                engine.name("mislabelled"),
                mislabelled,
                List.of("/bin/busybox"),
                List.of("sleep", "1000"),
                Map.of(),
                engine.labels("mislabelled"),
                List.of(),
                List.of())));
        await(runtime.start(id));
        assertThat(await(runtime.prepare(request(mislabelled))).note()).contains(TestImage.OTHER_CPU);
        await(runtime.remove(id, Duration.ZERO));
    }
}
