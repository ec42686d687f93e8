package io.knit.launcher.program;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.knit.api.spi.Role;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** {@code knit dev}: a server and an agent in one process, for trying things out. */
public final class DevProgram implements Program {
    private static final String AGENTS_MESH = "io.knit.core.agent.session.MeshSelf";

    @Override
    public Set<Role> roles() {
        return Set.of(Role.SERVER, Role.AGENT);
    }

    @Override
    public void run(Settings settings, Map<String, String> environment, Console console) throws InterruptedException {
        Path serverData = folder(settings, "server", environment);
        Path agentData = folder(settings, "agent", environment);
        KnitServer server = ServerProgram.build(settings, serverData);
        AgentProgram.build(
                settings, agentData, "nats://127.0.0.1:4222"); // refuses what is wrong before anything starts
        PluginJars.tell(settings, console);
        meshIsTheServersToTell();
        Lifetime.closeAtExit(server::close);
        Lifetime.started(server.start());
        KnitAgent agent = AgentProgram.build(settings, agentData, ServerProgram.natsUrl(server));
        Lifetime.closeAtExit(agent::close);
        Lifetime.started(agent.start());
        Lifetime.started(agent.joined());
        console.say(ServerProgram.readyLine("dev", server, serverData) + ", " + AgentProgram.summary(agent, settings)
                + ", data " + agentData);
        Lifetime.lasts(agent.ended());
    }

    /** Both look at the same mesh. */
    private static void meshIsTheServersToTell() {
        if (LoggerFactory.getLogger(AGENTS_MESH) instanceof Logger log) {
            log.setLevel(Level.ERROR);
        }
    }

    /** Both roles keep their files in a folder of their own below the one that was given. */
    private static Path folder(Settings settings, String name, Map<String, String> environment) {
        Path folder = DataFolder.ofThisHost().of(settings, name, environment);
        return settings.given(Setting.DATA_DIR).isPresent() ? folder.resolve(name) : folder;
    }
}
