package io.knit.core;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.knit.api.spi.loop.Loop;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** The laws of the design, as far as a machine can see them. */
@AnalyzeClasses(packages = "io.knit", importOptions = ImportOption.DoNotIncludeTests.class)
class LawsTest {
    /** Those that docs/architecture.md calls so, which {@link HouseTest} sees to; without {@code ..} where a room inside is not. */
    static final String[] PURE = {
        "io.knit.core.rules..",
        "io.knit.core.spec..",
        "io.knit.core.server.admission..",
        "io.knit.core.server.command..",
        "io.knit.core.server.compose..",
        "io.knit.core.server.control..",
        "io.knit.core.server.depend..",
        "io.knit.core.server.view..",
        "io.knit.core.server.plan..",
        "io.knit.core.server.rehearsal..",
        "io.knit.core.server.rendering..",
        "io.knit.core.server.foresight..",
        "io.knit.core.server.incident..",
        "io.knit.core.server.names..",
        "io.knit.core.server.schedule..",
        "io.knit.core.server.documents.upgrade..",
        "io.knit.core.server.value..",
        "io.knit.core.server.volume",
        "io.knit.core.server.webhook",
        "io.knit.core.agent.reconcile",
        "io.knit.core.agent.reconcile.memory"
    };

    @ArchTest
    static final ArchRule theServerKnowsNothingOfTheAgent = noClasses()
            .that()
            .resideInAPackage("io.knit.core.server..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.knit.core.agent..");

    @ArchTest
    static final ArchRule theAgentKnowsNothingOfTheServer = noClasses()
            .that()
            .resideInAPackage("io.knit.core.agent..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.knit.core.server..");

    @ArchTest
    static final ArchRule theMiddleIsPure = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            // what the wiring gives it reads a file, or does not
            .and()
            .doNotHaveSimpleName("KeySource")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "io.vertx..", "org.slf4j..", "java.io..", "java.nio.file..", "java.net..", "java.sql..")
                    // a text in parts, which asks nobody
                    .and(not(type(URI.class)))
                    .and(not(type(URISyntaxException.class))));

    @ArchTest
    static final ArchRule timeAndChanceAreArguments = noClasses()
            .that()
            // the HTTP edge names unexpected errors by an id of their own
            .resideOutsideOfPackages("io.knit.core.loop..", "io.knit.core.server.http..")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .callConstructor(Random.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ThreadLocalRandom.class);

    /** An agent waits by {@code elapsed()}: who sets its clock ends no wait and holds up none. The time of day is for what people or others read. */
    @ArchTest
    static final ArchRule agentsWaitByNoClockThatCanBeSet = noClasses()
            .that()
            .resideInAPackage("io.knit.core.agent..")
            .and()
            .haveSimpleNameNotStartingWith("StatusReporter")
            .and()
            .doNotHaveSimpleName("AgentCore")
            // what it tells is the clock itself
            .and()
            .doNotHaveSimpleName("ClockTelling")
            // images and output are kept for days, also over a start
            .and()
            .doNotHaveSimpleName("Brought")
            .and()
            .doNotHaveSimpleName("OldImages")
            .and()
            .doNotHaveSimpleName("LastOutput")
            .should()
            .callMethod(Loop.class, "now");

    @ArchTest
    static final ArchRule onlyTheLoopAndTheEdgeHaveSecureRandom = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.knit.core.loop..", "io.knit.core.server.http..", "io.knit.core.server.dashboard..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(SecureRandom.class);

    @ArchTest
    static final ArchRule whatIsForeignIsCalledByOneThatLeavesOutNothingItThrows = noCodeUnits()
            .should(new ArchCondition<>("list what it catches of foreign code, which is Foreign's to call") {
                @Override
                public void check(JavaCodeUnit unit, ConditionEvents events) {
                    boolean lists = unit.getTryCatchBlocks().stream()
                            .flatMap(block -> block.getCaughtThrowables().stream())
                            .anyMatch(caught -> caught.isEquivalentTo(LinkageError.class));
                    events.add(new SimpleConditionEvent(unit, lists, unit.getDescription() + " catches LinkageError"));
                }
            });

    @ArchTest
    static final ArchRule noPackageCycles =
            slices().matching("io.knit.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheLauncherEndsTheProcess = noClasses()
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "addShutdownHook", Thread.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class);

    @ArchTest
    static final ArchRule asyncIsVertxFuture =
            noClasses().should().dependOnClassesThat().areAssignableTo(CompletableFuture.class);

    @ArchTest
    static final ArchRule theApiStandsOnVertxCoreAlone = classes()
            .that()
            .resideInAPackage("io.knit.api..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "io.knit.api..", "io.vertx.core..", "org.jspecify..");

    @ArchTest
    static final ArchRule theEdgeAsksOnlyTheOrchestrator = noClasses()
            .that()
            .resideInAnyPackage("io.knit.core.server.http..", "io.knit.core.server.dashboard..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.knit.core.server.state..",
                    "io.knit.core.server.writer..",
                    "io.knit.core.server.documents..",
                    "io.knit.core.server.control..",
                    "io.knit.core.server.depend..",
                    "io.knit.core.server.plan..",
                    "io.knit.core.server.schedule..",
                    "io.knit.core.server.dispatch..",
                    "io.knit.core.server.join..",
                    "io.knit.core.server.alive..",
                    "io.knit.core.server.intake..");

    @ArchTest
    static final ArchRule theApisJsonKnowsNoConnections = noClasses()
            .that()
            .resideInAPackage("io.knit.core.server.http.json..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.knit.core.server.http.answer..",
                    "io.knit.core.server.http.connection..",
                    "io.knit.core.server.http.request..");
}
