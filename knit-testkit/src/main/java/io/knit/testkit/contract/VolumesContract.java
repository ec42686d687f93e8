package io.knit.testkit.contract;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.Resources;
import io.knit.api.model.ScratchSpec;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ArchiveAbility;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.Intake;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeFilesAbility;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.api.spi.runtime.VolumesAbility;
import io.knit.testkit.TarBytes;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a {@link ContainerRuntime} must do that is a {@link VolumesAbility} and an {@link ArchiveAbility}, too; a case for each number. All that is made is removed. */
public abstract class VolumesContract {
    private final String run =
            "vol-" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final SlotVolumes slot = new SlotVolumes(run, "n1", run, "0");
    private final List<String> created = new ArrayList<>();
    private @Nullable ContainerRuntime runtime;

    /** A runtime on the engine under test. */
    protected abstract Future<? extends ContainerRuntime> open();

    /** An image that is on the engine, with a folder {@code /tmp} and a volume at {@code /var/lib/data_1}. */
    protected abstract String image();

    /** Gives back what the test's components needed; runs after they were closed. */
    protected void afterClosing() {}

    @BeforeEach
    void openRuntime() {
        runtime = await(open());
    }

    @AfterEach
    void removeAll() {
        created.forEach(this::remove);
        names().forEach(name -> await(volumes().removeVolume(name)));
        await(runtime().close());
        afterClosing();
    }

    private ContainerRuntime runtime() {
        if (runtime == null) {
            throw new IllegalStateException("open() gave no runtime");
        }
        return runtime;
    }

    private VolumesAbility volumes() {
        return (VolumesAbility) runtime();
    }

    private void remove(String id) {
        await(runtime().remove(id, Duration.ZERO));
    }

    private List<String> names() {
        return await(volumes().volumes(run)).stream()
                .map(VolumeSnapshot::name)
                .sorted()
                .toList();
    }

    private ContainerSpec spec(@Nullable SlotVolumes of, VolumeSpec... all) {
        String name = run + "-" + created.size();
        return new ContainerSpec(
                name,
                image(),
                List.of("sh", "-c"),
                List.of("sleep 600"),
                Map.of(),
                Map.of(KnitLabels.CLUSTER, run, KnitLabels.INSTANCE, name),
                List.of(),
                List.of(),
                true,
                true,
                Resources.DEFAULT,
                ProcessSpec.DEFAULT,
                IsolationSpec.DEFAULT,
                ScratchSpec.DEFAULT,
                NetworkSpec.DEFAULT,
                LogSpec.DEFAULT,
                List.of(all),
                of);
    }

    private String create(VolumeSpec... all) {
        String id = await(runtime().create(spec(slot, all)));
        created.add(id);
        return id;
    }

    private void write(String id, String folder, String text) {
        byte[] tar = TarBytes.of(Map.of("mark", text.getBytes(StandardCharsets.UTF_8)));
        Intake<Void> in = ((ArchiveAbility) runtime()).write(id, folder);
        await(in.write(tar));
        in.endInput();
        await(in.ended());
    }

    private String read(String id, String folder) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        await(((ArchiveAbility) runtime())
                .read(id, folder + "/mark", bytes -> {
                    tar.writeBytes(bytes);
                    return Future.succeededFuture();
                })
                .ended());
        return new String(TarBytes.read(tar.toByteArray()).get("mark"), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName(
            "1, 2: a volume is made on need, with its labels; what is in it stays for the next container of its slot")
    void keepsWhatIsInAVolume() {
        VolumeSpec data = VolumeSpec.named("data", "/data");
        String first = create(data);
        write(first, "/data", "one");
        remove(first);
        assertThat(read(create(data), "/data")).isEqualTo("one");
        assertThat(await(volumes().volumes(run))).contains(new VolumeSnapshot(slot.named("data"), slot.labels("data")));
        assertThat(await(volumes().volumes(run + "x"))).isEmpty();
    }

    @Test
    @DisplayName("3: where the image wants a volume and the spec has none, it is one of the slot")
    void keepsWhatAnImageWantsKept() {
        String first = create();
        write(first, "/var/lib/data_1", "one");
        remove(first);
        assertThat(read(create(), "/var/lib/data_1")).isEqualTo("one");
        assertThat(names()).containsExactly(slot.unnamed("/var/lib/data_1"));

        create(VolumeSpec.named("data", "/var/lib/data_1"));
        assertThat(names()).containsExactlyInAnyOrder(slot.unnamed("/var/lib/data_1"), slot.named("data"));
    }

    @Test
    @DisplayName("4: a folder of the host that is not there is not made")
    void makesNoFolder() {
        ContainerSpec spec = spec(slot, VolumeSpec.bound("/no/such/" + run, "/data"));
        assertThat(failure(runtime().create(spec)))
                .hasMessageContaining("/no/such/" + run)
                .extracting("code")
                .isEqualTo(ErrorCode.RUNTIME_REFUSED);
    }

    @Test
    @DisplayName("5: a volume of another slot is called and labelled as that one's, whoever is created first")
    void sharesVolumes() {
        SlotVolumes other = new SlotVolumes(run, slot.node(), "other", SlotVolume.FIRST);
        VolumeSpec shared = VolumeSpec.shared("other", "data", "/shared");
        String first = create(shared, VolumeSpec.named("data", "/data"));
        write(first, "/shared", "one");
        assertThat(await(volumes().volumes(run)))
                .contains(
                        new VolumeSnapshot(other.named("data"), other.labels("data")),
                        new VolumeSnapshot(slot.named("data"), slot.labels("data")));
        String holder = await(runtime().create(spec(other, VolumeSpec.named("data", "/data"))));
        created.add(holder);
        assertThat(read(holder, "/data")).isEqualTo("one");
        assertThat(failure(volumes().removeVolume(other.named("data"))))
                .extracting("code")
                .isEqualTo(ErrorCode.RUNTIME_REFUSED);
    }

    private VolumeFilesAbility files() {
        Assumptions.assumeTrue(
                runtime() instanceof VolumeFilesAbility, "this runtime does not reach what is in volumes");
        return (VolumeFilesAbility) runtime();
    }

    private String reach(String volume) {
        String id = await(files().reach(volume, run + "-" + created.size(), Map.of(KnitLabels.CLUSTER, run)));
        created.add(id);
        return id;
    }

    @Test
    @DisplayName("reach: what is in a volume is there, whether or not anything has it, and stays")
    void reachesWhatIsInAVolume() {
        String first = create(VolumeSpec.named("data", "/data"));
        write(first, "/data", "one");
        String name = slot.named("data");
        String reached = reach(name);
        assertThat(read(reached, VolumeFilesAbility.FOLDER)).isEqualTo("one");
        write(reached, VolumeFilesAbility.FOLDER, "two");
        assertThat(read(first, "/data")).isEqualTo("two");
        assertThat(await(runtime().snapshot(run)).containers())
                .filteredOn(it -> it.id().equals(reached))
                .singleElement()
                .satisfies(it -> assertThat(it.state()).isEqualTo(ContainerState.CREATED))
                .satisfies(it -> assertThat(it.labels()).containsEntry(KnitLabels.CLUSTER, run));
        remove(first);
        remove(reached);
        assertThat(names()).contains(name);
        assertThat(read(reach(name), VolumeFilesAbility.FOLDER)).isEqualTo("two");
    }

    @Test
    @DisplayName(
            "reach: a volume that is not there is refused and not made; one is made where there is none of its name")
    void makesVolumes() {
        String name = slot.named("made");
        assertThat(failure(files().reach(name, run, Map.of(KnitLabels.CLUSTER, run)))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(names()).isEmpty();
        await(files().makeVolume(name, slot.labels("made")));
        assertThat(failure(files().makeVolume(name, slot.labels("made"))).code())
                .isEqualTo(ErrorCode.RUNTIME_REFUSED);
        assertThat(await(volumes().volumes(run))).containsExactly(new VolumeSnapshot(name, slot.labels("made")));
        write(reach(name), VolumeFilesAbility.FOLDER, "one");
        assertThat(read(create(VolumeSpec.named("made", "/data")), "/data")).isEqualTo("one");
    }

    @Test
    @DisplayName("a volume goes once no container has it; one that is not there is gone")
    void removesVolumes() {
        String id = create(VolumeSpec.named("data", "/data"));
        String name = slot.named("data");
        assertThat(failure(volumes().removeVolume(name)).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
        assertThat(names()).contains(name);
        remove(id);
        await(volumes().removeVolume(name));
        await(volumes().removeVolume(name));
        assertThat(names()).doesNotContain(name);
    }
}
