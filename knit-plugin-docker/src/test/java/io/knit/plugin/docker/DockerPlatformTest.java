package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ImageRequest;
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
