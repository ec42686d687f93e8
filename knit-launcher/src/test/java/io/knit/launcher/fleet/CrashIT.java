package io.knit.launcher.fleet;

/** The moments with an even number. */
@RequiresFleet
class CrashIT extends CrashContract {
    CrashIT() {
        super(0);
    }
}
