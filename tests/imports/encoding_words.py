"""Products in many languages, in none of the words that the detection knows languages by."""

from __future__ import annotations

# Whole names, separated by commas.
NAMES: dict[str, str] = {
    "de": """
        Rührgerät, Gästetuch, Türstopper Löwe, Schöpfkelle, Nähgarn, Wäscheständer, Bügelbrett,
        Kärcher Düse, Sträucherschere, Hängematte, Fußball, Glühbirne, Gemüseschäler,
        Pfannenwender, Blumenkübel, Räucherstäbchen, Käsereibe, Überzug, Ölkännchen, Schnürsenkel,
        Zündkerze
    """,
    "fr": """
        Théâtre de poupées, Gélatine, Bracelet tressé, Fauteuil bébé, Planche à découper, Râpe,
        Étau, Sécateur, Lampe à pétrole, Cafetières isolées, Bûche, Pâté en croûte, Thé fumé,
        Échelle, Vélo pliable, Vis à tête fraisée, Maçonnerie, Pièce détachée, Hélice, Cirage,
        Cuvée spéciale
    """,
    "es": """
        Sillín, Cordón, Pañuelo bordado, Lámina, Tirachinas, Molde redondo, Bañera, Rodapié,
        Cinturón, Compás, Depósito, Brújula, Tapón, Grúa, Azulejo, Muñequera, Champú, Colchón,
        Termómetro, Vajilla clásica, Jabonera, Mosquitón
    """,
    "pt": """
        Balcão, Cordão, Torneira dupla, Macacão, Calçadeira, Almofadão, Guarda-sóis, Frigorífico,
        Chapéu, Violão, Caminhão, Pulôver, Boné, Vidraça, Maçaneta, Tesourão, Cinzeiro,
        Porta-chapéus, Cântaro, Anéis, Papelão, Esfregão
    """,
    "it": """
        Purè, Canapè, Bidè, Tiralatte, Oblò, Comò antico, Falò, Parapetto, Qualità superiore,
        Varietà rosse, Perizia, Colibrì, Casinò, Lacchè, Bignè, Frappè, Menabò, Rondò, Pascià
    """,
    "da": """
        Kagedåse, Søm og skruer, Gryderist, Fløjte, Bælte, Sækkestol, Frøposer, Håndsæbe, Legetøj,
        Hængelås, Børnecykel, Gulvtæppe, Støvle, Blæselampe, Rygsæk, Pølser, Grønkål, Æblemost,
        Dørhåndtag, Kødhakker, Vådservietter
    """,
    "no": """
        Kakeboks, Grytekluter, Fløyte, Saccosekk, Frøposer, Håndsåpe, Leketøy, Hengelås,
        Barnesykkel, Gulvteppe, Regntøy, Blåselampe, Ryggsekk, Pølser, Grønnkål, Eplemost,
        Dørhåndtak, Kjøttkvern, Våtservietter, Vedkløver, Strømkabel
    """,
    "sv": """
        Kakburk, Grytlapp, Flöjt, Bälte, Saccosäck, Fröpåse, Handtvål, Leksak, Hänglås, Barncykel,
        Golvmatta, Regnställ, Blåslampa, Korvgryta, Grönkål, Äppelmust, Dörrhandtag, Köttkvarn,
        Våtservett, Vedklyv, Förlängningssladd, Mjölkkanna
    """,
    "fi": """
        Pyörätuoli, Päiväpeitto, Sähkövatkain, Lämpöpatteri, Käyräsaha, Hyönteisverkko, Täysvilla,
        Mehupullo, Tyynyliina, Hyllynkannatin, Pöytäliina, Ämpäri, Nenäliina, Leipäkone,
        Vääntömomentti, Kylpypyyhe, Sänkypeite, Jäätelökauha, Räsymatto, Metsästysveitsi,
        Äänieriste
    """,
    "is": """
        Kökubox, Pottaleppur, Flauta, Belti, Grjónapúði, Fræpoki, Handsápa, Leikfang, Hengilás,
        Barnahjól, Gólfmotta, Regngalli, Bakpoki, Pylsupottur, Grænkál, Eplasafi, Hurðarhúnn,
        Kjöthakkavél, Blautklútar, Framlengingarsnúra, Mjólkurkanna, Þurrkgrind
    """,
    "cs": """
        Vařečka, Mísa na těsto, Utěrka, Rámeček, Šroubovice, Stínidlo, Lžička, Cestovní kufřík,
        Dětská kolečka, Svíčka vonná, Hřebíky, Pružina, Tkaničky, Čajová konvička, Vysílačka,
        Plachta, Houpačka, Mlýnek, Dřez, Sáňky, Krabička, Převodovka
    """,
    "sk": """
        Varecha, Misa na cesto, Utierka, Rámik, Tienidlo, Lyžička, Cestovný kufrík, Kolieska,
        Voňavá sviečka, Klince, Pružina, Šnúrky, Čajová kanvička, Vysielačka, Hojdačka, Mlynček,
        Drez, Sánky, Škatuľka, Prevodovka, Vešiak, Ďatelina
    """,
    "pl": """
        Chochla, Miska na ciasto, Ścierki, Ramka na zdjęcie, Klosz, Walizka podróżna, Kółka,
        Świeczka zapachowa, Gwoździe, Sprężyna, Sznurówki, Imbryk, Żagiel, Huśtawka, Młynek,
        Zlewozmywak, Sanki dziecięce, Pudełko, Skrzynia biegów, Wiązka przewodów,
        Grabie ogrodnicze, Pędzelek
    """,
    "hu": """
        Fakanál, Keverőtál, Konyharuha, Képkeret, Lámpabúra, Bőrönd, Kerék, Illatgyertya, Szögek,
        Rugó, Cipőfűző, Teáskanna, Vitorla, Hinta, Daráló, Mosogató, Szánkó, Doboz, Sebességváltó,
        Gereblye, Ecsetkészlet, Fűszertartó, Esőkabát
    """,
    "ro": """
        Polonic, Bol de aluat, Cârpă, Ramă foto, Abajur, Valiză, Roată, Lumânare parfumată, Cuie,
        Arc, Şireturi, Ceainice, Velă, Leagăn, Râşniţă, Chiuvetă, Sanie, Cutie, Greblă, Pensulă,
        Suport condimente, Pelerină, Ţesătură, Căruţă
    """,
    "hr": """
        Kuhača, Zdjela za tijesto, Kuhinjska krpa, Okvir za sliku, Sjenilo, Kovčeg, Kotač,
        Mirisna svijeća, Čavli, Opruga, Vezice, Čajnik, Jedro, Ljuljačka, Mlinac, Sudoper, Sanjke,
        Kutija, Mjenjač, Grablje, Kist, Držač začina, Kabanica, Vrećice
    """,
    "sl": """
        Kuhalnica, Posoda za testo, Kuhinjska krpa, Okvir za sliko, Senčnik, Kovček, Kolo,
        Dišeča sveča, Žeblji, Vzmet, Vezalke, Čajnik, Jadro, Gugalnica, Mlinček, Pomivalno korito,
        Sanke, Škatla, Menjalnik, Grablje, Držalo začimb, Dežni plašč, Vrečke
    """,
    "tr": """
        Kepçe, Yoğurma kabı, Havluluk, Resim çerçevesi, Abajur, Bavul, Tekerlek, Kokulu mumluk,
        Çivi, Yay, Ayakkabı bağcığı, Demlik, Yelken, Salıncak, Öğütücü, Eviye, Kızak, Kutu, Vites,
        Tırmık, Boya fırçası, Baharatlık, Yağmurluk, Poşet
    """,
    "lt": """
        Samtis, Dubuo tešlai, Virtuvinė šluostė, Paveikslo rėmelis, Gaubtas, Lagaminas, Ratukai,
        Kvapioji žvakė, Vinys, Spyruoklė, Batraiščiai, Virdulys, Burė, Sūpynės, Malūnėlis,
        Plautuvė, Rogutės, Dėžutė, Grėblys, Teptukų rinkinys, Prieskoninė, Lietpaltis, Maišeliai
    """,
    "lv": """
        Kauss, Bļoda mīklai, Dvielītis, Gleznas rāmis, Abažūrs, Čemodāns, Ritenītis,
        Smaržīga svecīte, Naglas, Atspere, Kurpju šņores, Tējkanniņa, Bura, Šūpoles, Dzirnaviņas,
        Izlietne, Ragaviņas, Kārba, Grābeklis, Otu komplekts, Garšvielu trauks, Lietusmētelis,
        Maisiņi
    """,
    "et": """
        Kulp, Taignakauss, Köögirätik, Pildiraam, Lambikuppel, Kohver, Ratas, Lõhnaküünal, Naelad,
        Vedru, Kingapaelad, Teekann, Purjeriie, Kiik, Veski, Kraanikauss, Kelk, Käigukast, Reha,
        Pintsel, Maitseainepurk, Vihmakeep, Kotikesed, Sööginõud, Püüdur
    """,
    "vi": """
        Muôi canh, Tô nhào bột, Khăn lau bếp, Khung ảnh, Chụp đèn, Va li, Bánh xe, Nến thơm, Đinh,
        Lò xo, Dây giày, Ấm trà, Cánh buồm, Xích đu, Cối xay, Bồn rửa, Xe trượt, Hộp số, Cào cỏ,
        Cọ vẽ, Lọ gia vị, Áo mưa
    """,
    "ru": """
        Половник, Миска для теста, Рамка, Абажур, Чемодан, Колесо, Ароматическая палочка, Гвозди,
        Пружина, Шнурки, Заварник, Парус, Качели, Мельница, Раковина, Санки, Коробка передач,
        Грабли, Кисточка, Банка для специй, Дождевик, Пылесборник, Щётка, Ёлочная игрушка
    """,
    "uk": """
        Ополоник, Миска для тіста, Рамка, Абажур, Валіза, Колесо, Ароматична паличка, Цвяхи,
        Пружина, Шнурівки, Заварник, Вітрило, Гойдалка, Млинок, Мийка, Санчата, Коробка передач,
        Граблі, Пензлик, Баночка для спецій, Дощовик, Їжачок, Ялинкова іграшка, Щіточка
    """,
    "bg": """
        Черпак, Купа за тесто, Рамка за снимка, Абажур, Куфар, Колело, Ароматна пръчица, Пирони,
        Пружина, Връзки за обувки, Чайниче, Платно, Люлка, Мелничка, Мивка, Шейна,
        Скоростна кутия, Гребло, Четчица, Бурканче за подправки, Дъждобран, Щипка, Ютийка
    """,
    "el": """
        Κουτάλα, Μπολ ζύμης, Ποδιά, Κορνίζα, Αμπαζούρ, Βαλίτσα, Ρόδα, Αρωματικό στικ, Καρφιά,
        Ελατήριο, Κορδόνια, Τσαγερό, Πανί, Κούνια, Μύλος, Νεροχύτης, Έλκηθρο, Κιβώτιο ταχυτήτων,
        Τσουγκράνα, Πινελάκι, Βάζο μπαχαρικών, Αδιάβροχο, Ψαλίδι, Άγκιστρο
    """,
    "he": """
        מצקת, קערת לישה, מסגרת תמונה, אהיל, מזוודה, גלגל, קטורת, מסמרים, קפיץ, שרוכים, תיון, מפרש,
        נדנדה, מטחנה, כיור, מזחלת, תיבת הילוכים, מגרפה, מכחול, צנצנת תבלינים, מעיל גשם, שקיות
    """,
    "ar": """
        مغرفة, وعاء عجين, إطار صورة, غطاء المصباح, حقيبة سفر, عجلة, بخور, مسامير, نابض, أربطة,
        براد الشاي, شراع, أرجوحة, مطحنة, حوض غسيل, زلاجة, علبة تروس, مذراة, ريشة رسم,
        مرطبان توابل, معطف مطر, أكياس
    """,
    "th": """
        ทัพพี, ชามผสมแป้ง, กรอบรูป, โป๊ะโคม, กระเป๋าเดินทาง, ล้อ, ธูปหอม, ตะปู, สปริง,
        เชือกรองเท้า, ป้านชา, ใบเรือ, ชิงช้า, เครื่องบด, อ่างล้างจาน, เลื่อนหิมะ, เกียร์, คราด,
        พู่กัน, ขวดเครื่องเทศ, เสื้อกันฝน
    """,
    "ja": """
        お玉, 生地用ボウル, 額縁, ランプシェード, 旅行鞄, 車輪, 線香, 釘, ばね, 靴ひも, 土瓶,
        帆布, ぶらんこ, 挽き臼, 流し台, そり, 変速機, 熊手, 絵筆, 香辛料入れ, 雨合羽, ポリ袋,
        竹ざる, 漆塗りの盆, 目覚まし
    """,
    "zh": """
        汤勺, 和面盆, 相框, 灯罩, 行李箱, 车轮, 檀香, 铁钉, 弹簧, 鞋带, 紫砂壶, 帆布, 秋千,
        研磨机, 水槽, 雪橇, 变速箱, 耙子, 画笔, 调料罐, 雨披, 垃圾袋, 竹篮, 漆器托盘, 闹钟, 砧板
    """,
    "zh-hant": """
        湯勺, 揉麵盆, 相框, 燈罩, 行李箱, 車輪, 檀香, 鐵釘, 彈簧, 鞋帶, 紫砂壺, 帆布, 鞦韆,
        研磨機, 水槽, 雪橇, 變速箱, 耙子, 畫筆, 調味罐, 雨披, 垃圾袋, 竹籃, 漆器托盤, 鬧鐘, 砧板
    """,
    "ko": """
        국자, 반죽 그릇, 사진 액자, 전등갓, 여행 가방, 바퀴, 향초, 못, 용수철, 신발끈, 찻주전자,
        돛천, 그네, 분쇄기, 싱크대, 썰매, 변속기, 갈퀴, 그림붓, 양념통, 비옷, 비닐봉지,
        대나무 바구니, 자명종, 도마
    """,
}
WESTERN = ("cp1252", "iso8859-15", "mac-roman", "cp850", "cp437")
NORDIC = ("cp1252", "iso8859-1", "mac-roman", "cp850", "cp865")
CENTRAL = ("cp1250", "iso8859-2", "cp852", "mac-latin2")
SOUTHERN = ("cp1250", "iso8859-2", "cp852", "mac-croatian")
BALTIC = ("cp1257", "iso8859-13", "cp775")
CYRILLIC = ("cp1251", "iso8859-5", "mac-cyrillic", "cp855")
# What files of the language are written in.
ENCODINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("de", "fr", "es", "pt", "it", "fi"), WESTERN),
    **dict.fromkeys(("da", "no", "sv"), NORDIC),
    "is": ("cp1252", "iso8859-1", "cp850", "cp861", "mac-iceland"),
    **dict.fromkeys(("cs", "sk", "pl", "hu"), CENTRAL),
    "ro": ("cp1250", "iso8859-2", "cp852"),
    **dict.fromkeys(("hr", "sl"), SOUTHERN),
    "tr": ("cp1254", "iso8859-9", "cp857", "mac-turkish"),
    **dict.fromkeys(("lt", "lv", "et"), BALTIC),
    "vi": ("cp1258",),
    "ru": (*CYRILLIC, "koi8-r", "cp866"),
    "uk": ("cp1251", "koi8-u", "cp1125"),
    "bg": CYRILLIC,
    "el": ("cp1253", "iso8859-7", "cp737", "mac-greek"),
    "he": ("cp1255", "iso8859-8", "cp862"),
    "ar": ("cp1256", "iso8859-6", "cp720"),
    "th": ("cp874",),
    "ja": ("cp932", "euc_jp"),
    "zh": ("gb18030",),
    "zh-hant": ("big5",),
    "ko": ("cp949",),
}
