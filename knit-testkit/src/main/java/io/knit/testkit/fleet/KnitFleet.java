package io.knit.testkit.fleet;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test of a class, or one test, a fleet of its own: a server and agents, all ready, closed after the test. The method's own annotation wins over the class's. A
 * test asks for it by parameters: {@link TestFleet}, {@link io.knit.core.KnitServer}, and in real time {@link java.net.URI}, where its REST API is.
 *
 * <pre>{@code
 * @KnitFleet(agents = 3, labels = {"region=eu", "region=us"})
 * class WebTest {
 *     @Test
 *     void runsInTheUnion(TestFleet fleet) {
 *         DeploymentSpec web = DeploymentSpec.builder("web", "nginx:1")
 *                 .nodeSelector("region", "eu")
 *                 .build();
 *         assertThat(fleet).plan(web).places("web").on(label("region", "eu"));
 *
 *         fleet.deploy(web);
 *
 *         assertThat(fleet).deployment("web").isRunning();
 *     }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(KnitFleetExtension.class)
public @interface KnitFleet {
    /** How many nodes, {@code node-0} and so on; 0–100. */
    int agents() default 1;

    /** What containers run on. */
    Runtime runtime() default Runtime.FAKE;

    /** Whose time passes. */
    Time time() default Time.VIRTUAL;

    /**
     * Labels, of the first node in the first string and so on: {@code "region=eu,disk=ssd"}. Each node has its name as the label {@code name} besides.
     */
    String[] labels() default {};

    /** What containers run on. */
    enum Runtime {
        /** Engines in memory, which have every image. */
        FAKE,
        /**
         * The Docker Engine of this host, for all nodes; {@code knit-plugin-docker} must be on the class path. In real time only. What was deployed is undeployed at the end, with its volumes, also where the test
         * stopped an agent.
         */
        DOCKER
    }

    /** Whose time passes. */
    enum Time {
        /** The fleet's own, in the test's thread: five minutes take milliseconds, and each run is the same. */
        VIRTUAL,
        /** Everybody's: server and agents have their threads, and the server a REST API on a free port of loopback. */
        REAL
    }
}
