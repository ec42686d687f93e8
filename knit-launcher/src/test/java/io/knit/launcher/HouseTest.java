package io.knit.launcher;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rooms of the modules around the core, the test kit's too; the core's own laws are tested there. */
@AnalyzeClasses(
        packages = {"io.knit.plugin", "io.knit.launcher", "io.knit.testkit"},
        importOptions = ImportOption.DoNotIncludeTests.class)
class HouseTest {
    @ArchTest
    static final ArchRule noPackageCycles =
            slices().matching("io.knit.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule whoEmbedsTheBrokerSeesItsFace = noClasses()
            .that()
            .resideOutsideOfPackage("io.knit.plugin.nats.broker..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.knit.plugin.nats.broker.protocol..",
                    "io.knit.plugin.nats.broker.flow..",
                    "io.knit.plugin.nats.broker.routing..",
                    "io.knit.plugin.nats.broker.login..",
                    "io.knit.plugin.nats.broker.session..",
                    "io.knit.plugin.nats.broker.client..",
                    "io.knit.plugin.nats.broker.monitor..");

    @ArchTest
    static final ArchRule imagesAndContainersKnowNothingOfEachOther = noClasses()
            .that()
            .resideInAPackage("io.knit.plugin.docker.image..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.knit.plugin.docker.container..");
}
