/* Numbers as text. */
#ifndef WIRE_NUMBER_H
#define WIRE_NUMBER_H

#define NUMBER_TEXT 32

/*
 * The shortest decimal form of @value with 15 to 17 digits that reads back as the same double,
 * always with a point or an exponent, a point whatever the locale: "1.0", "1.0e+300", "0.1";
 * "NaN", "Infinity", "-Infinity". Returns @buf.
 */
char *gcoap__double_format(double value, char buf[NUMBER_TEXT]);

#endif
