package io.knit.core.spec;

import io.knit.api.model.Constraint;
import io.knit.api.model.CronSpec;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.EnvSource;
import io.knit.api.model.ExposeSpec;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.HttpCheck;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.JobSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.OnFailure;
import io.knit.api.model.PartSpec;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preference;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Resources;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.ScratchSpec;
import io.knit.api.model.SecretMount;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.StopSpec;
import io.knit.api.model.Strategy;
import io.knit.api.model.TcpCheck;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.api.model.VolumeSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The tests' one spec in which no field is what it is unless given; a new field gets a value here. */
public final class FullSpec {
    public static final DeploymentSpec SPEC = DeploymentSpec.builder("web", "web:2")
            .command(List.of("/run"))
            .args(List.of("-v", "x"))
            .env("A", "1")
            .label("a/b~c", "x")
            .nodeSelector("region", "eu")
            .replicas(3)
            .pull(PullPolicy.NEVER)
            .registryAuth("me", "first secret")
            .port(new PortSpec("mesh", 8080, 80, Protocol.UDP, true, true))
            .template("/etc/a", "text")
            .init(false)
            .noNewPrivileges(false)
            .resources(new Resources(64, 500, 64L << 20, 128L << 20, 1))
            .health(new HealthSpec(
                    new HttpCheck("/healthz", 80, "200", Map.of("Host", "web")),
                    new TcpCheck(81),
                    List.of("/check"),
                    true,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(1),
                    2,
                    Duration.ofMinutes(1)))
            .restart(new RestartSpec(RestartSpec.Condition.ON_FAILURE, Duration.ofSeconds(2), 3, Duration.ofMinutes(1)))
            .stop(new StopSpec("SIGQUIT", Duration.ofMillis(90_500), List.of("/bye")))
            .constraint(new Constraint("node.arch", Constraint.Op.IN, null, List.of("amd64", "arm64")))
            .spreadBy("zone")
            .maxPerNode(2)
            .prefer(new Preference("disk", Constraint.Op.IN, null, List.of("ssd"), 10))
            .strategy(Strategy.BINPACK)
            .update(new Update(
                    2,
                    UpdateOrder.START_FIRST,
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(2),
                    1,
                    true,
                    OnFailure.PAUSE,
                    3))
            .dependsOn("db")
            .cron(new CronSpec("30 2 * * *", "Europe/Berlin", CronSpec.Overlap.REPLACE, 5, Duration.ofMinutes(9)))
            .priority(700)
            .preempt(true)
            .job(new JobSpec(5, 2, 1, Duration.ofMinutes(7)))
            .disconnect(new DisconnectSpec(
                    Duration.ofMinutes(2), Duration.ofMinutes(1), DisconnectSpec.Reconcile.KEEP_ORIGINAL))
            .stack("shop")
            .process(new ProcessSpec(
                    List.of("/entry"),
                    "app:1000",
                    List.of("video"),
                    "/srv",
                    true,
                    true,
                    Map.of("nofile", "1024:2048"),
                    "linux/arm64"))
            .isolation(new IsolationSpec(
                    true,
                    List.of("NET_ADMIN"),
                    List.of("NET_RAW"),
                    List.of("seccomp=unconfined"),
                    List.of("/dev/kvm"),
                    Map.of("kernel.shmmni", "1024"),
                    "host",
                    "host"))
            .scratch(new ScratchSpec(true, List.of("/run:size=64m"), 128L << 20))
            .network(new NetworkSpec(
                    "host",
                    "web.example",
                    List.of("10.0.0.53"),
                    List.of("db:10.0.0.7"),
                    List.of(new NamedNetwork("shop", List.of("web"), true))))
            .log(new LogSpec("json-file", 1L << 20, 2))
            .volume(new VolumeSpec("data", "", "/data", true, "local", Map.of("type", "nfs")))
            .volume(new VolumeSpec("", "/srv/data", "/srv", true, "local", Map.of(), "rslave"))
            .volume(VolumeSpec.shared("app", "html", "/html"))
            .envFrom(EnvSource.ofSecret("db", "PGPASSWORD"))
            .secret(new SecretMount("db", "pw", "0400", 1, 2))
            .expose(new ExposeSpec(5432, 15_432, Protocol.TCP))
            .initContainer(new PartSpec(
                    "migrate",
                    "tool:1",
                    List.of("/entry"),
                    List.of("/run"),
                    List.of("up"),
                    Map.of("A", "1"),
                    "app:1000",
                    "/srv",
                    Duration.ofMinutes(1),
                    "linux/arm64"))
            .sidecar(new SidecarSpec(
                    "log",
                    "ship:1",
                    List.of("/entry"),
                    List.of("/run"),
                    List.of("-f"),
                    Map.of("A", "1"),
                    "app:1000",
                    "/srv",
                    List.of(VolumeSpec.named("log", "/log")),
                    "linux/arm/v7"))
            .keepFailed(2)
            .near("db", "cache")
            .build();

    private FullSpec() {}
}
