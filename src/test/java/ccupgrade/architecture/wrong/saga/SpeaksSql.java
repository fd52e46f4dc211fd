package ccupgrade.architecture.wrong.saga;

import java.sql.Connection;

interface SpeaksSql {
    Connection connection();
}
