"""Courses worked out step by step apart from the program; the program must agree to the last digit.

Each block is one course, read by the test as it stands. The arithmetic is that of a pharmacist with the label: weight
rule, grams, vials, millilitres, then each rung as mL/h × minutes ÷ 60 = mL, rates rounded down to 1 mL/h (below 20 kg
to 0.1), the last rung as long as the rest of the volume takes. Where a label gives start and maximum only, the rate
doubles every 30 minutes. Fractions of minutes are written out: 45 5/6 is forty-five and five sixths.
"""

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from opsonin.knowledge import load_knowledge
from opsonin.planning import candidates
from opsonin.safety import offers

KNOWN = load_knowledge()

CASES = """
01 | us | octagam_10:1x2 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   70 × 1 = 70 g → 70 g, nearest vials
    vials:  2 × 30 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    12 mg/kg/min = 7.2 mL/kg/h
    steps:  42 × 30 = 21; 84 × 30 = 42; 168 × 30 = 84; 336 × 30 = 168; 504 × 45 5/6 = 385
    lasts:  165 5/6 min, on each of 2 days; in all 140 g

02 | us | octagam_10:1x2 | female 47 years, 70 kg, 170 cm, renal
    weight: actual 70 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   70 × 1 = 70 g → 70 g, nearest vials
    vials:  2 × 30 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    3.3 mg/kg/min (label, at risk) = 1.98 mL/kg/h
    steps:  42 × 30 = 21; 84 × 30 = 42; 138 × 276 22/23 = 637
    lasts:  336 22/23 min, on each of 2 days; in all 140 g

03 | us | panzyga:1x2 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   70 × 1 = 70 g → 70 g, nearest vials
    vials:  2 × 30 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    8 mg/kg/min = 4.8 mL/kg/h
    steps:  42 × 30 = 21; 168 × 30 = 84; 336 × 106.25 = 595
    lasts:  166.25 min, on each of 2 days; in all 140 g

04 | us | panzyga:1x2 | female 47 years, 70 kg, 170 cm, thrombosis
    weight: actual 70 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   70 × 1 = 70 g → 70 g, nearest vials
    vials:  2 × 30 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    3.3 mg/kg/min (label, at risk) = 1.98 mL/kg/h
    steps:  42 × 30 = 21; 138 × 295 5/23 = 679
    lasts:  325 5/23 min, on each of 2 days; in all 140 g

05 | us | privigen:1x2 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   70 × 1 = 70 g → 70 g, nearest vials
    vials:  1 × 40 + 1 × 20 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    4 mg/kg/min = 2.4 mL/kg/h
    steps:  21 × 30 = 10.5; 42 × 30 = 21; 84 × 30 = 42; 168 × 223.75 = 626.5
    lasts:  313.75 min, on each of 2 days; in all 140 g

06 | us | privigen:1x2 | female 47 years, 70 kg, 170 cm, renal
    weight: actual 70 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   70 × 1 = 70 g → 70 g, nearest vials
    vials:  1 × 40 + 1 × 20 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    3.2 mg/kg/min (pack, at risk) = 1.92 mL/kg/h
    steps:  21 × 30 = 10.5; 42 × 30 = 21; 84 × 30 = 42; 134 × 280 35/67 = 626.5
    lasts:  370 35/67 min, on each of 2 days; in all 140 g

07 | us | gamunex_c:1x2 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   70 × 1 = 70 g → 70 g, nearest vials
    vials:  1 × 40 + 1 × 20 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    8 mg/kg/min = 4.8 mL/kg/h
    steps:  42 × 30 = 21; 84 × 30 = 42; 168 × 30 = 84; 336 × 98.75 = 553
    lasts:  188.75 min, on each of 2 days; in all 140 g

08 | us | gamunex_c:0.4x5 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   70 × 0.4 = 28 g → 28 g, nearest vials
    vials:  1 × 20 + 1 × 5 + 3 × 1 = 28 g, 0 g left over
    volume: 28 g ÷ 10 g/100 mL = 280 mL
    cap:    8 mg/kg/min = 4.8 mL/kg/h
    steps:  42 × 30 = 21; 84 × 30 = 42; 168 × 30 = 84; 336 × 23.75 = 133
    lasts:  113.75 min, on each of 5 days; in all 140 g

09 | us | gamunex_c:1x2 | female 47 years, 70 kg, 170 cm, renal
    weight: actual 70 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   70 × 1 = 70 g → 70 g, nearest vials
    vials:  1 × 40 + 1 × 20 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    3.2 mg/kg/min (pack, at risk) = 1.92 mL/kg/h
    steps:  42 × 30 = 21; 84 × 30 = 42; 134 × 285 15/67 = 637
    lasts:  345 15/67 min, on each of 2 days; in all 140 g

10 | us | gammaplex_5:1x2 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   70 × 1 = 70 g → 70 g, nearest vials
    vials:  3 × 20 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 5 g/100 mL = 1400 mL
    cap:    4 mg/kg/min = 4.8 mL/kg/h
    steps:  42 × 15 = 10.5; 84 × 30 = 42; 168 × 30 = 84; 336 × 225.625 = 1263.5
    lasts:  300.625 min, on each of 2 days; in all 140 g

11 | us | gammaplex_10:1x2 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   70 × 1 = 70 g → 70 g, nearest vials
    vials:  3 × 20 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    0.08 mL/kg/min = 4.8 mL/kg/h
    steps:  21 × 15 = 5.25; 42 × 15 = 10.5; 84 × 15 = 21; 168 × 15 = 42; 252 × 15 = 63; 336 × 99.6875 = 558.25
    lasts:  174.6875 min, on each of 2 days; in all 140 g

12 | us | flebogamma_dif_10:1x2 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   70 × 1 = 70 g → 70 g, nearest vials
    vials:  3 × 20 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    0.08 mL/kg/min = 4.8 mL/kg/h
    steps:  42 × 30 = 21; 84 × 30 = 42; 168 × 30 = 84; 336 × 98.75 = 553
    lasts:  188.75 min, on each of 2 days; in all 140 g

13 | us | gammaked:0.4x5 | male 47 years, 82 kg, 180 cm
    weight: actual 82 kg
    why:    50 + 2.3 × (180 × 0.393701 − 60) = 74.992214 kg ideal; under 120 % of it, BMI 30 (97.2 kg) and 100 kg
    dose:   82 × 0.4 = 32.8 g → 33 g, nearest vials
    vials:  1 × 20 + 1 × 10 + 3 × 1 = 33 g, 0 g left over
    volume: 33 g ÷ 10 g/100 mL = 330 mL
    cap:    8 mg/kg/min = 4.8 mL/kg/h
    steps:  49 × 30 = 24.5; 98 × 30 = 49; 196 × 30 = 98; 393 × 24 26/131 = 158.5
    lasts:  114 26/131 min, on each of 5 days; in all 165 g

14 | us | octagam_10:1x2 | male 47 years, 120 kg, 175 cm
    weight: adjusted 90.2787915 kg
    why:    50 + 2.3 × (175 × 0.393701 − 60) = 70.4646525 kg ideal; over 120 % of it, BMI 30 (91.875 kg) or 100 kg;
            70.4646525 + 0.4 × (120 − 70.4646525)
    dose:   90.2787915 × 1 = 90.2787915 g → 90 g, nearest vials
    vials:  3 × 30 = 90 g, 0 g left over
    volume: 90 g ÷ 10 g/100 mL = 900 mL
    cap:    12 mg/kg/min = 7.2 mL/kg/h
    steps:  54 × 30 = 27; 108 × 30 = 54; 216 × 30 = 108; 433 × 30 = 216.5; 650 × 45 42/65 = 494.5
    lasts:  165 42/65 min, on each of 2 days; in all 180 g

15 | us | privigen:1x2 | male 47 years, 101 kg, 190 cm
    weight: adjusted 90.8284022 kg
    why:    50 + 2.3 × (190 × 0.393701 − 60) = 84.047337 kg ideal; over 120 % of it, BMI 30 (108.3 kg) or 100 kg;
            84.047337 + 0.4 × (101 − 84.047337)
    dose:   90.8284022 × 1 = 90.8284022 g → 90 g, nearest vials
    vials:  2 × 40 + 1 × 10 = 90 g, 0 g left over
    volume: 90 g ÷ 10 g/100 mL = 900 mL
    cap:    4 mg/kg/min = 2.4 mL/kg/h
    steps:  27 × 30 = 13.5; 54 × 30 = 27; 108 × 30 = 54; 217 × 222 156/217 = 805.5
    lasts:  312 156/217 min, on each of 2 days; in all 180 g

16 | us | gamunex_c:1x2 | female 47 years, 95 kg, 165 cm
    weight: adjusted 72.1457177 kg
    why:    45.5 + 2.3 × (165 × 0.393701 − 60) = 56.9095295 kg ideal; over 120 % of it, BMI 30 (81.675 kg) or 100 kg;
            56.9095295 + 0.4 × (95 − 56.9095295)
    dose:   72.1457177 × 1 = 72.1457177 g → 72 g, nearest vials
    vials:  1 × 40 + 1 × 20 + 1 × 10 + 2 × 1 = 72 g, 0 g left over
    volume: 72 g ÷ 10 g/100 mL = 720 mL
    cap:    8 mg/kg/min = 4.8 mL/kg/h
    steps:  43 × 30 = 21.5; 86 × 30 = 43; 173 × 30 = 86.5; 346 × 98 116/173 = 569
    lasts:  188 116/173 min, on each of 2 days; in all 144 g

17 | us | gamunex_c:1x2 | female 5 years, 18 kg, 110 cm
    weight: actual 18 kg
    why:    the rule is for adults
    dose:   18 × 1 = 18 g → 18 g, nearest vials
    vials:  1 × 10 + 1 × 5 + 3 × 1 = 18 g, 0 g left over
    volume: 18 g ÷ 10 g/100 mL = 180 mL
    cap:    8 mg/kg/min = 4.8 mL/kg/h
    steps:  10.8 × 30 = 5.4; 21.6 × 30 = 10.8; 43.2 × 30 = 21.6; 86.4 × 98.75 = 142.2
    lasts:  188.75 min, on each of 2 days; in all 36 g

18 | us | gamunex_c:0.4x5 | female 3 years, 12.4 kg, 90 cm
    weight: actual 12.4 kg
    why:    the rule is for adults
    dose:   12.4 × 0.4 = 4.96 g → 5 g, nearest vials
    vials:  1 × 5 = 5 g, 0 g left over
    volume: 5 g ÷ 10 g/100 mL = 50 mL
    cap:    8 mg/kg/min = 4.8 mL/kg/h
    steps:  7.4 × 30 = 3.7; 14.8 × 30 = 7.4; 29.7 × 30 = 14.85; 59.5 × 24 30/119 = 24.05
    lasts:  114 30/119 min, on each of 5 days; in all 25 g

19 | us | panzyga:1x2 | female 47 years, 64.3 kg, 170 cm
    weight: actual 64.3 kg
    why:    45.5 + 2.3 × (170 × 0.393701 − 60) = 61.437091 kg ideal; under 120 % of it, BMI 30 (86.7 kg) and 100 kg
    dose:   64.3 × 1 = 64.3 g → 64.5 g, nearest vials
    vials:  2 × 30 + 1 × 2.5 + 2 × 1 = 64.5 g, 0 g left over
    volume: 64.5 g ÷ 10 g/100 mL = 645 mL
    cap:    8 mg/kg/min = 4.8 mL/kg/h
    steps:  38 × 30 = 19; 154 × 30 = 77; 308 × 106 73/77 = 549
    lasts:  166 73/77 min, on each of 2 days; in all 129 g

20 | us | privigen:1x2 | female 47 years, 73 kg, 175 cm
    weight: actual 73 kg
    why:    45.5 + 2.3 × (175 × 0.393701 − 60) = 65.9646525 kg ideal; under 120 % of it, BMI 30 (91.875 kg) and 100 kg
    dose:   73 × 1 = 73 g → 75 g, nearest vials
    vials:  1 × 40 + 1 × 20 + 1 × 10 + 1 × 5 = 75 g, 0 g left over
    volume: 75 g ÷ 10 g/100 mL = 750 mL
    cap:    4 mg/kg/min = 2.4 mL/kg/h
    steps:  21 × 30 = 10.5; 43 × 30 = 21.5; 87 × 30 = 43.5; 175 × 231 9/35 = 674.5
    lasts:  321 9/35 min, on each of 2 days; in all 150 g

21 | us | privigen:1x2 | female 47 years, 52 kg, 160 cm
    weight: actual 52 kg
    why:    45.5 + 2.3 × (160 × 0.393701 − 60) = 52.381968 kg ideal; under 120 % of it, BMI 30 (76.8 kg) and 100 kg
    dose:   52 × 1 = 52 g → 50 g, nearest vials
    vials:  1 × 40 + 1 × 10 = 50 g, 0 g left over
    volume: 50 g ÷ 10 g/100 mL = 500 mL
    cap:    4 mg/kg/min = 2.4 mL/kg/h
    steps:  15 × 30 = 7.5; 31 × 30 = 15.5; 62 × 30 = 31; 124 × 215 25/31 = 446
    lasts:  305 25/31 min, on each of 2 days; in all 100 g

22 | us | octagam_10:1x2 | female 70 years, 68 kg, 168 cm
    weight: actual 68 kg
    why:    45.5 + 2.3 × (168 × 0.393701 − 60) = 59.6260664 kg ideal; under 120 % of it, BMI 30 (84.672 kg) and 100 kg
    dose:   68 × 1 = 68 g → 68 g, nearest vials
    vials:  2 × 30 + 4 × 2 = 68 g, 0 g left over
    volume: 68 g ÷ 10 g/100 mL = 680 mL
    cap:    3.3 mg/kg/min (label, at risk) = 1.98 mL/kg/h
    steps:  40 × 30 = 20; 81 × 30 = 40.5; 134 × 277 26/67 = 619.5
    lasts:  337 26/67 min, on each of 2 days; in all 136 g

23 | us | gammaplex_5:1x2 | female 66 years, 61 kg, 165 cm
    weight: actual 61 kg
    why:    45.5 + 2.3 × (165 × 0.393701 − 60) = 56.9095295 kg ideal; under 120 % of it, BMI 30 (81.675 kg) and 100 kg
    dose:   61 × 1 = 61 g → 60 g, nearest vials
    vials:  3 × 20 = 60 g, 0 g left over
    volume: 60 g ÷ 5 g/100 mL = 1200 mL
    cap:    3.2 mg/kg/min (pack, at risk) = 3.84 mL/kg/h
    steps:  36 × 15 = 9; 73 × 30 = 36.5; 146 × 30 = 73; 234 × 277 4/13 = 1081.5
    lasts:  352 4/13 min, on each of 2 days; in all 120 g

24 | eu | privigen:1x1 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    this pack doses on actual weight
    dose:   70 × 1 = 70 g → 70 g, to 0.1 g, no rounding rule
    vials:  1 × 40 + 1 × 20 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    4.8 mL/kg/h = 4.8 mL/kg/h
    steps:  21 × 30 = 10.5; 42 × 30 = 21; 84 × 30 = 42; 168 × 30 = 84; 336 × 96.875 = 542.5
    lasts:  216.875 min, on each of 1 day; in all 70 g

25 | eu | privigen:0.4x5 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    this pack doses on actual weight
    dose:   70 × 0.4 = 28 g → 28 g, to 0.1 g, no rounding rule
    vials:  1 × 20 + 1 × 10 = 30 g, 2 g left over
    volume: 28 g ÷ 10 g/100 mL = 280 mL
    cap:    4.8 mL/kg/h = 4.8 mL/kg/h
    steps:  21 × 30 = 10.5; 42 × 30 = 21; 84 × 30 = 42; 168 × 30 = 84; 336 × 21.875 = 122.5
    lasts:  141.875 min, on each of 5 days; in all 140 g

26 | eu | octagam_10:0.8x1 | female 47 years, 63.7 kg, 170 cm
    weight: actual 63.7 kg
    why:    this pack doses on actual weight
    dose:   63.7 × 0.8 = 50.96 g → 51 g, to 0.1 g, no rounding rule
    vials:  1 × 30 + 1 × 10 + 1 × 5 + 3 × 2 = 51 g, 0 g left over
    volume: 51 g ÷ 10 g/100 mL = 510 mL
    cap:    7.2 mL/kg/h = 7.2 mL/kg/h
    steps:  38 × 30 = 19; 76 × 30 = 38; 152 × 30 = 76; 305 × 30 = 152.5; 458 × 29 94/229 = 224.5
    lasts:  149 94/229 min, on each of 1 day; in all 51 g

27 | eu | octagam_5:1x1 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    this pack doses on actual weight
    dose:   70 × 1 = 70 g → 70 g, to 0.1 g, no rounding rule
    vials:  2 × 25 + 2 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 5 g/100 mL = 1400 mL
    cap:    5 mL/kg/h = 5 mL/kg/h
    steps:  84 × 30 = 42; 168 × 30 = 84; 336 × 30 = 168; 350 × 189.6 = 1106
    lasts:  279.6 min, on each of 1 day; in all 70 g

28 | eu | panzyga:1x2 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    this pack doses on actual weight
    dose:   70 × 1 = 70 g → 70 g, to 0.1 g, no rounding rule
    vials:  2 × 30 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    4.8 mL/kg/h = 4.8 mL/kg/h
    steps:  42 × 30 = 21; 84 × 30 = 42; 168 × 30 = 84; 336 × 98.75 = 553
    lasts:  188.75 min, on each of 2 days; in all 140 g

29 | eu | flebogamma_dif_10:1x2 | female 47 years, 55 kg, 160 cm
    weight: actual 55 kg
    why:    this pack doses on actual weight
    dose:   55 × 1 = 55 g → 55 g, to 0.1 g, no rounding rule
    vials:  2 × 20 + 1 × 10 + 1 × 5 = 55 g, 0 g left over
    volume: 55 g ÷ 10 g/100 mL = 550 mL
    cap:    0.08 mL/kg/min = 4.8 mL/kg/h
    steps:  33 × 30 = 16.5; 66 × 30 = 33; 132 × 30 = 66; 198 × 30 = 99; 264 × 76.25 = 335.5
    lasts:  196.25 min, on each of 2 days; in all 110 g

30 | eu | flebogamma_dif_5:0.4x4 | female 47 years, 55 kg, 160 cm
    weight: actual 55 kg
    why:    this pack doses on actual weight
    dose:   55 × 0.4 = 22 g → 22 g, to 0.1 g, no rounding rule
    vials:  1 × 20 + 4 × 0.5 = 22 g, 0 g left over
    volume: 22 g ÷ 5 g/100 mL = 440 mL
    cap:    0.1 mL/kg/min = 6 mL/kg/h
    steps:  33 × 30 = 16.5; 66 × 30 = 33; 132 × 30 = 66; 264 × 30 = 132; 330 × 35 = 192.5
    lasts:  155 min, on each of 4 days; in all 88 g

31 | eu | gammagard_liquid:1x1 | female 47 years, 70 kg, 170 cm
    weight: actual 70 kg
    why:    this pack doses on actual weight
    dose:   70 × 1 = 70 g → 70 g, to 0.1 g, no rounding rule
    vials:  2 × 30 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    6 mL/kg/h = 6 mL/kg/h
    steps:  35 × 30 = 17.5; 70 × 30 = 35; 140 × 30 = 70; 280 × 30 = 140; 420 × 62.5 = 437.5
    lasts:  182.5 min, on each of 1 day; in all 70 g

32 | eu | privigen:1x1 | female 47 years, 70 kg, 170 cm, renal
    weight: actual 70 kg
    why:    this pack doses on actual weight
    dose:   70 × 1 = 70 g → 70 g, to 0.1 g, no rounding rule
    vials:  1 × 40 + 1 × 20 + 1 × 10 = 70 g, 0 g left over
    volume: 70 g ÷ 10 g/100 mL = 700 mL
    cap:    0.3 mL/kg/h (first step only, at risk) = 0.3 mL/kg/h
    steps:  21 × 2000 = 700
    lasts:  2000 min, on each of 1 day; in all 70 g

33 | eu | panzyga:0.8x1 | female 4 years, 15.3 kg, 100 cm
    weight: actual 15.3 kg
    why:    this pack doses on actual weight
    dose:   15.3 × 0.8 = 12.24 g → 12.2 g, to 0.1 g, no rounding rule
    vials:  1 × 10 + 1 × 2.5 = 12.5 g, 0.3 g left over
    volume: 12.2 g ÷ 10 g/100 mL = 122 mL
    cap:    4.8 mL/kg/h = 4.8 mL/kg/h
    steps:  9.1 × 30 = 4.55; 18.3 × 30 = 9.15; 36.7 × 30 = 18.35; 73.4 × 73 194/367 = 89.95
    lasts:  163 194/367 min, on each of 1 day; in all 12.2 g

34 | uk | octagam_10:1x1 | female 47 years, 80 kg, 175 cm
    weight: actual 80 kg
    why:    this pack doses on actual weight
    dose:   80 × 1 = 80 g → 80 g, to 0.1 g, no rounding rule
    vials:  2 × 30 + 1 × 20 = 80 g, 0 g left over
    volume: 80 g ÷ 10 g/100 mL = 800 mL
    cap:    7.2 mL/kg/h = 7.2 mL/kg/h
    steps:  48 × 30 = 24; 96 × 30 = 48; 192 × 30 = 96; 384 × 30 = 192; 576 × 45 5/6 = 440
    lasts:  165 5/6 min, on each of 1 day; in all 80 g

35 | uk | privigen:1x1 | male 47 years, 112 kg, 185 cm
    weight: actual 112 kg
    why:    this pack doses on actual weight
    dose:   112 × 1 = 112 g → 112 g, to 0.1 g, no rounding rule
    vials:  2 × 40 + 1 × 20 + 1 × 10 + 1 × 5 = 115 g, 3 g left over
    volume: 112 g ÷ 10 g/100 mL = 1120 mL
    cap:    4.8 mL/kg/h = 4.8 mL/kg/h
    steps:  33 × 30 = 16.5; 67 × 30 = 33.5; 134 × 30 = 67; 268 × 30 = 134; 537 × 97 17/179 = 869
    lasts:  217 17/179 min, on each of 1 day; in all 112 g
"""

BLOCKS = {block.split(" | ")[0].strip(): block for block in CASES.strip().split("\n\n")}
_WHO = re.compile(r"(fe)?male (\d+) years, ([\d.]+) kg(?:, (\d+) cm)?(?:, (\w+))?$")
_NOTHING = Fraction(1, 10**18)  # decimal division carries 28 digits


def number(text):
    """'45 5/6', '0.5' or '700' as an exact fraction."""
    return sum((Fraction(part) for part in text.split()), Fraction(0))


def field(block, name):
    return re.search(rf"^    {name}: +(.*)$", block, re.MULTILINE).group(1)


def first_number(text):
    return number(re.match(r"[\d./ ]*[\d]", text).group(0))


def the_person(person, who):
    female, age, kg, height, risk = _WHO.search(who).groups()
    return person(
        sex="female" if female else "male",
        age_years=Decimal(age),
        kg=kg,
        height_cm=Decimal(height) if height else None,
        risks={risk: True} if risk else None,
    )


@pytest.fixture
def planned(person, setting):
    """The course of a block as the program plans it, from 9 o'clock."""

    def plan(block):
        _, pack, id, who = block.splitlines()[0].split(" | ")
        patient = the_person(person, who)
        circumstances = setting(pack=pack)
        offered = offers(patient, circumstances, KNOWN)
        return next(r for r, _ in candidates(patient, circumstances, offered, KNOWN) if r.id == id)

    return plan


def test_there_are_at_least_thirty_over_packs_products_and_risks():
    heads = [block.splitlines()[0].split(" | ") for block in BLOCKS.values()]
    assert len(BLOCKS) == len(CASES.strip().split("\n\n")) >= 30
    assert {pack for _, pack, _, _ in heads} == {"us", "eu", "uk"}
    assert len({id.split(":")[0] for _, _, id, _ in heads}) >= 10
    assert sum(who.endswith(("renal", "thrombosis")) for *_, who in heads) >= 5


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_the_block_is_right_in_itself(block):
    """mL/h × minutes ÷ 60 = mL on every rung; rungs add up to the volume and to the time; vials to the grams."""
    rungs = [re.split(" × | = ", rung) for rung in field(block, "steps").split("; ")]
    assert all(number(rate) * number(minutes) / 60 == number(ml) for rate, minutes, ml in rungs)
    assert sum(number(ml) for _, _, ml in rungs) == number(field(block, "volume").split(" = ")[1].removesuffix(" mL"))
    assert sum(number(minutes) for _, minutes, _ in rungs) == first_number(field(block, "lasts"))
    vials = field(block, "vials").split(" = ")
    held = sum(number(n) * number(size) for n, size in (vial.split(" × ") for vial in vials[0].split(" + ")))
    given = number(field(block, "dose").split(" → ")[1].split(" g")[0])
    assert held == first_number(vials[1]) == given + number(vials[1].split(", ")[1].split(" g")[0])


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_the_program_agrees_to_the_last_digit(planned, block):
    course = planned(block)
    weight, calculated = field(block, "weight").split(), field(block, "dose")
    assert course.weight.basis == weight[0]
    assert Fraction(course.weight.kg) == number(weight[1])
    days = int(re.search(r"on each of (\d+) day", field(block, "lasts")).group(1))
    assert len(course.infusions) == days
    in_all = number(re.search(r"in all ([\d.]+) g", field(block, "lasts")).group(1))
    assert Fraction(course.total_g) == in_all
    for infusion in course.infusions:
        dose, ladder = infusion.dose, infusion.ladder
        assert Fraction(dose.calculated_g) == number(re.search(r" = ([\d.]+) g →", calculated).group(1))
        assert Fraction(dose.grams) * days == in_all
        assert (
            " + ".join(f"{v.count} × {v.size_g.normalize():f}" for v in dose.vials)
            == field(block, "vials").split(" = ")[0]
        )
        assert Fraction(dose.volume_ml) == number(field(block, "volume").split(" = ")[1].removesuffix(" mL"))
        assert Fraction(ladder.maximum_ml_per_kg_per_h) == number(
            field(block, "cap").rsplit(" = ", 1)[1].removesuffix(" mL/kg/h")
        )
        rungs = [re.split(" × | = ", rung) for rung in field(block, "steps").split("; ")]
        assert len(ladder.steps) == len(rungs)
        clock = Fraction(0)
        for step, (rate, minutes, ml) in zip(ladder.steps, rungs, strict=True):
            assert Fraction(step.ml_per_h) == number(rate)
            assert abs(Fraction(step.minutes) - number(minutes)) < _NOTHING
            assert abs(Fraction(step.volume_ml) - number(ml)) < _NOTHING
            assert abs(Fraction(step.starts_after_min) - clock) < _NOTHING
            clock += number(minutes)
        lasted = (infusion.ends_at - infusion.starts_at).total_seconds() / 60
        assert abs(lasted - float(first_number(field(block, "lasts")))) < 1e-6
