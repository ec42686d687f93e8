package io.knit.launcher.program;

import io.knit.api.AgentTiming;
import io.knit.api.KnitVersion;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.Role;
import io.knit.core.KnitAgent;
import io.knit.launcher.settings.Secrets;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code knit agent start}. */
public final class AgentProgram implements Program {
    private static final String DEFAULT_NATS_URL = "nats://127.0.0.1:4222";
    private static final String DEFAULT_DOCKER_HOST = "unix:///var/run/docker.sock";
    private static final int MOST_GPUS = 64;
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern DOCKER_URL = Pattern.compile("(unix|tcp)://\\S+");

    @Override
    public Set<Role> roles() {
        return Set.of(Role.AGENT);
    }

    @Override
    public void run(Settings settings, Map<String, String> environment, Console console) throws InterruptedException {
        Path data = DataFolder.ofThisHost().choose(settings, "agent", environment);
        String natsUrl = settings.given(Setting.NATS_URL).orElse(DEFAULT_NATS_URL);
        KnitAgent agent = build(settings, data, natsUrl);
        PluginJars.tell(settings, console);
        Lifetime.closeAtExit(agent::close);
        // without a limit: an agent whose disk is full waits for room
        Lifetime.lasts(agent.start());
        console.say("Knit " + KnitVersion.current() + " agent ready: " + summary(agent, settings)
                + ", looking for the server at " + Secrets.hide(natsUrl) + ", data " + data);
        agent.joined().onSuccess(joined -> console.say("Node " + agent.nodeId() + " joined"));
        Lifetime.lasts(agent.ended());
    }

    static KnitAgent build(Settings settings, Path data, String natsUrl) {
        check(settings);
        var builder = KnitAgent.builder()
                .dataDir(data)
                .labels(settings.labels())
                .gpus(settings.number(Setting.GPUS, 0, MOST_GPUS))
                .reserve(settings.reserve())
                .timing(AgentTiming.DEFAULT.withHeartbeat(settings.duration(Setting.HEARTBEAT_INTERVAL)));
        settings.hostAccess(Setting.ALLOW).forEach(builder::allow);
        settings.containerSubnets().forEach(builder::containerSubnet);
        settings.given().forEach(builder::config);
        PluginJars.config(settings).forEach(builder::config);
        builder.plugins(PluginJars.of(settings));
        builder.config(Setting.NATS_URL.key(), natsUrl);
        settings.given(Setting.NODE_ID).ifPresent(builder::nodeId);
        return builder.build();
    }

    /**
     * Looks at what an agent is told, wherever it runs.
     *
     * @throws KnitException with {@code INVALID_CONFIGURATION}
     */
    public static void check(Settings settings) {
        settings.matching(Setting.NATS_URL, ServerProgram.NATS_URL, ServerProgram.NATS_URL_SHAPE);
        settings.matching(
                Setting.DOCKER_HOST,
                DOCKER_URL,
                "give a URL, such as unix:///var/run/docker.sock or tcp://127.0.0.1:2375");
        settings.matching(
                Setting.NODE_ID,
                DNS_LABEL,
                "give 1 to 63 of a-z, 0-9 and \"-\" that begin and end with a letter or digit");
        settings.labels();
        settings.number(Setting.GPUS, 0, MOST_GPUS);
        settings.reserve();
        settings.hostAccess(Setting.ALLOW);
        settings.containerSubnets();
        settings.given(Setting.REGISTRY_CONFIG)
                .filter(file -> !Files.isReadable(Path.of(file)))
                .ifPresent(file -> {
                    throw new KnitException(
                            ErrorCode.FILE_UNAVAILABLE,
                            Setting.REGISTRY_CONFIG.flag() + " is " + file
                                    + ", which can't be read; give a file like Docker's config.json that this user may read");
                });
        settings.duration(Setting.HEARTBEAT_INTERVAL);
        if (settings.given(Setting.KEEP_IMAGES).isPresent()) {
            settings.durationOrZero(Setting.KEEP_IMAGES, "to keep them for ever");
        }
    }

    static String summary(KnitAgent agent, Settings settings) {
        return "node " + agent.nodeId() + ", engine "
                + settings.given(Setting.DOCKER_HOST).orElse(DEFAULT_DOCKER_HOST);
    }
}
